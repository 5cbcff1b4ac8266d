"""Each kind of entry renamed to the name of each other, in its directory and in another: a line for each. In the working directory."""
import ctypes, errno, itertools, os, shutil, stat

libc = ctypes.CDLL(None, use_errno=True)
FLAGS = {"replace": 0, "not replace": 1, "exchange": 2, "neither": 3, "whiteout and exchange": 6}


def file(path):
    with open(path, "w") as opened:
        opened.write(os.path.basename(path)[:8])


def full(path):
    os.mkdir(path)
    file(path + "/within")


KINDS = {
    "absent": lambda path: None,
    "file": file,
    "other name of it": lambda path: os.link("one/twin", path),
    "link": lambda path: os.symlink("twin", path),
    "link to nothing": lambda path: os.symlink("nowhere", path),
    "empty directory": os.mkdir,
    "directory": full,
    "pipe": os.mkfifo,
}
NAMES = [("old", "one/new"), ("old", "two/new"), ("o" * 200, "two/" + "n" * 230), ("old", "two/" + "n" * 230)]


def rename(old, new, flags):
    if libc.renameat2(-100, old.encode(), -100, new.encode(), flags) == 0:
        return "done"
    return errno.errorcode[ctypes.get_errno()]


def told(path):
    st = os.lstat(path)
    kind = stat.S_IFMT(st.st_mode) >> 12
    if stat.S_ISLNK(st.st_mode):
        return f"{kind} {os.readlink(path)}"
    if stat.S_ISREG(st.st_mode):
        with open(path) as opened:
            return f"{kind} {st.st_nlink} {opened.read()}"
    return f"{kind}"


def tree():
    found = []
    for at, directories, files in os.walk("."):
        for name in directories + files:
            path = os.path.join(at, name)
            short = path.replace("n" * 230, "N").replace("o" * 200, "O")
            found.append(f"{short}={told(path)}")
    return ", ".join(sorted(found))


def fresh():
    for name in os.listdir("."):
        shutil.rmtree(name)
    os.mkdir("one"), os.mkdir("two")
    file("one/twin")


for (old, new), source, target in itertools.product(NAMES, KINDS, KINDS):
    for how, flags in FLAGS.items():
        fresh()
        KINDS[source]("one/" + old)
        KINDS[target](new)
        done = rename("one/" + old, new, flags)
        print(f"{source} to {target} in {new[:4]}, {how}: {done}: {tree()}")

fresh()
os.makedirs("one/a/b/c")
for old, new in [
    ("one/a", "one/a/b/c/d"), ("one/a", "one/a"), ("one/a", "one/a/b"), ("one/a/b/c", "one/a"), ("one/a/b", "one"),
    ("one/a", "one/a/"), ("one/twin", "one/twin/"), ("one/twin", "one/twin"), ("one/a/.", "two/a"), ("one/a", "two/.."),
    ("one/a/b", "two/" + "n" * 256), ("one/twin/x", "two/x"), ("one/a/b", "none/b"),
]:
    for how, flags in FLAGS.items():
        print(f"{old} to {new[:20]}, {how}: {rename(old, new, flags)}: {tree()}")
