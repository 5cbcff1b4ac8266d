"""Changes all that a check looks at, in a directory that other processes change too: names of both lengths, directories, blocks,
sizes, holes, attributes, links. Ends with 1 at the first EIO. churn.py NAME SEED COUNT (0: until it is killed)."""
import ctypes, errno, os, random, sys

libc = ctypes.CDLL(None)
mine, rng, count = sys.argv[1], random.Random(int(sys.argv[2])), int(sys.argv[3])
names = ["a", "b", "c", "long " * 40]


def write(at, sync, punch):
    fd = os.open(at, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(fd, bytes([rng.randrange(1, 256)]) * rng.randrange(1, 40000), rng.randrange(40000))
        if sync:
            os.fsync(fd)
        if punch:
            libc.fallocate(fd, 3, ctypes.c_long(rng.randrange(40000)), ctypes.c_long(9000))
    finally:
        os.close(fd)


def read(at):
    with open(at, "rb") as file:
        file.read()


def make_and_remove(at):
    os.mkdir(at)
    os.rmdir(at)


def once():
    at, to = (os.path.join(rng.choice([mine, "shared"]), rng.choice(names)) for _ in range(2))
    kind = rng.randrange(14)
    if kind < 4:
        write(at, kind == 0, kind == 1)
    else:
        [
            lambda: os.truncate(at, rng.randrange(60000)),
            lambda: os.unlink(at),
            lambda: os.rename(at, to),
            lambda: os.link(at, to),
            lambda: os.symlink(os.path.basename(at), to),
            lambda: os.setxattr(at, "user.note", b"x" * rng.randrange(100)),
            lambda: os.removexattr(at, "user.note"),
            lambda: make_and_remove(os.path.join(mine, "sub")),
            lambda: read(at),
            lambda: os.truncate(at, 0),
        ][kind - 4]()


os.mkdir(mine)
done = 0
while count == 0 or done < count:
    done += 1
    try:
        once()
    except OSError as error:
        if error.errno == errno.EIO:
            sys.exit(f"{mine}: EIO after {done}: {error}")
