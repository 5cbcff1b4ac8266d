"""Who takes set-id bits and capabilities from a file, by what: a line for each. In the working directory, as root."""
import ctypes, errno, itertools, mmap, os, struct

libc = ctypes.CDLL(None, use_errno=True)
OWNER, GROUP, STRANGER = 1001, 2002, 1003
CALLERS = {  # user, group, other groups
    "owner": (OWNER, OWNER, []),
    "owner in the group": (OWNER, OWNER, [7, GROUP, 9]),
    "owner by the group": (OWNER, GROUP, []),
    "stranger": (STRANGER, STRANGER, []),
    "root": (0, 0, []),
    "root without the right": (0, 0, []),
    "root in the group without it": (0, 0, [GROUP]),
}
MODES = [0o4777, 0o2777, 0o6777, 0o2767, 0o6766, 0o0777]
CAPABILITY = struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0)


def allocate(fd, mode, offset, size):
    if libc.fallocate(fd, mode, ctypes.c_long(offset), ctypes.c_long(size)):
        raise OSError(ctypes.get_errno(), "fallocate")


def mapped(fd):
    with mmap.mmap(fd, 10) as memory:
        memory[0:3] = b"abc"


def direct(fd):
    page = mmap.mmap(-1, 4096)
    other = os.open("file", os.O_RDWR | os.O_DIRECT)
    os.pwrite(other, page, 0)


OPERATIONS = {
    "write": lambda fd: os.write(fd, b"new"),
    "write at the end": lambda fd: os.pwrite(fd, b"new", os.fstat(fd).st_size),
    "write twice": lambda fd: (os.write(fd, b"new"), os.write(fd, b"newer")),
    "write past the cache": direct,
    "write by a mapping": mapped,
    "cut": lambda fd: os.ftruncate(fd, 5),
    "cut by its name": lambda fd: os.truncate("file", 5),
    "cut by opening": lambda fd: os.open("file", os.O_WRONLY | os.O_TRUNC),
    "reserve": lambda fd: allocate(fd, 0, 0, 20000),
    "punch": lambda fd: allocate(fd, 3, 0, 4096),
    "copy": lambda fd: os.copy_file_range(os.open("source", os.O_RDONLY), fd, 5),
    "give to nobody": lambda fd: os.chown("file", -1, -1),
    "give to the group": lambda fd: os.chown("file", -1, CALLER_GROUP),
    "touch": lambda fd: os.utime("file"),
    "read": lambda fd: os.read(fd, 5),
}


def give_up_the_right():
    """CAP_FSETID, which keeps the bits."""
    header, held = struct.pack("<Ii", 0x20080522, 0), ctypes.create_string_buffer(24)
    if libc.capget(header, held):
        raise OSError(ctypes.get_errno(), "capget")
    effective, *others = struct.unpack("<6I", held.raw)
    if libc.capset(header, struct.pack("<6I", effective & ~(1 << 4), *others)):
        raise OSError(ctypes.get_errno(), "capset")


def attempt(run):
    try:
        run()
        return "done"
    except OSError as error:
        return errno.errorcode[error.errno]


def as_caller(caller, run):
    global CALLER_GROUP
    user, CALLER_GROUP, groups = CALLERS[caller]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups(groups)
        os.setresgid(CALLER_GROUP, CALLER_GROUP, CALLER_GROUP)
        os.setresuid(user, user, user)
        if "without" in caller:
            give_up_the_right()
        fd = os.open("file", os.O_RDWR)
        told = attempt(lambda: run(fd))
        os.write(writing, f"{told} {os.fstat(fd).st_mode & 0o7777:04o}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    told = os.read(reading, 100).decode()
    os.close(reading), os.close(writing)
    return told


with open("source", "w") as source:
    source.write("x" * 100)
os.chmod("source", 0o644)
for name, mode, caller in itertools.product(OPERATIONS, MODES, CALLERS):
    with open("file", "w") as file:
        file.write("x" * 9000)
    os.chown("file", OWNER, GROUP)
    os.chmod("file", mode)
    if mode == 0o777:
        os.setxattr("file", "security.capability", CAPABILITY)
    told = as_caller(caller, OPERATIONS[name])
    # What a mapping wrote is written by the server later, and not by the caller: then they go.
    capable = "capable" if "security.capability" in os.listxattr("file") and name != "write by a mapping" else ""
    print(f"{name} | {mode:04o} | {caller} | {told} | {os.stat('file').st_mode & 0o7777:04o} {capable}".strip())
    os.remove("file")
