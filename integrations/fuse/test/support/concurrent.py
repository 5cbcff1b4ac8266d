# Does the same random calls to a directory of a mount and to a plain one, and ends with 1 where they do not end alike.
import ctypes, errno, filecmp, os, random, shutil, sys

ours, theirs, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rng = random.Random(seed)
libc = ctypes.CDLL(None, use_errno=True)
names = ["a", "b", "虎", "long " * 40, "a/x", "b/x", "a/虎"]

def outcome(call, *args):
    try:
        return call(*args)
    except OSError as error:
        return errno.errorcode[error.errno]

def opened(path, flags, use):
    fd = os.open(path, flags, 0o644)
    try:
        return use(fd)
    finally:
        os.close(fd)

def rename2(old, new, flags):
    return 0 if libc.renameat2(-100, old.encode(), -100, new.encode(), flags) == 0 else errno.errorcode[ctypes.get_errno()]

def change(kind, at, size, byte, name, other):
    return {
        "write": lambda p, q: opened(p, os.O_RDWR | os.O_CREAT, lambda fd: os.pwrite(fd, bytes([byte]) * size, at)),
        "append": lambda p, q: opened(p, os.O_WRONLY | os.O_APPEND | os.O_CREAT, lambda fd: os.write(fd, bytes([byte]) * size)),
        "read": lambda p, q: opened(p, os.O_RDONLY, lambda fd: os.pread(fd, size, at)),
        "cut": lambda p, q: os.truncate(p, at),
        "punch": lambda p, q: opened(p, os.O_RDWR, lambda fd: libc.fallocate(fd, 3, ctypes.c_long(at), ctypes.c_long(size + 1))),
        "mkdir": lambda p, q: os.mkdir(p),
        "rmdir": lambda p, q: os.rmdir(p),
        "unlink": lambda p, q: os.unlink(p),
        "rename": lambda p, q: os.rename(p, q),
        "exchange": lambda p, q: rename2(p, q, 2),
        "noreplace": lambda p, q: rename2(p, q, 1),
        "link": lambda p, q: os.link(p, q),
        "symlink": lambda p, q: os.symlink("to " + other, p),
        "list": lambda p, q: sorted(os.listdir(p)),
        "chmod": lambda p, q: os.chmod(p, 0o600 + byte % 64),
        "size": lambda p, q: os.stat(p).st_size if not os.path.isdir(p) else "directory",
    }[kind]

def same(one, two):
    compared = filecmp.dircmp(one, two)
    if compared.left_only or compared.right_only or compared.funny_files: return False
    if filecmp.cmpfiles(one, two, compared.common_files, shallow=False)[1:] != ([], []): return False
    return all(same(os.path.join(one, name), os.path.join(two, name)) for name in compared.common_dirs)

kinds = ["write"] * 6 + ["append"] * 2 + ["read"] * 3 + "cut punch mkdir mkdir rmdir unlink rename exchange noreplace link symlink list chmod size".split()
os.makedirs(ours), os.makedirs(theirs)
for i in range(count):
    kind, name, other = rng.choice(kinds), rng.choice(names), rng.choice(names)
    at = max(0, rng.choice([0, 4096, 8192, 65536, 131072]) + rng.randrange(-3, 4))
    act = change(kind, at, rng.choice([1, 4096, 5000, rng.randrange(100000)]), rng.randrange(1, 255), name, other)
    left, right = (outcome(act, os.path.join(root, name), os.path.join(root, other)) for root in (ours, theirs))
    if left != right:
        sys.exit(f"call {i}, {kind} {name} {other} {at}: {str(left)[:80]} here, {str(right)[:80]} there")
sys.exit(0 if same(ours, theirs) else "the trees differ")
