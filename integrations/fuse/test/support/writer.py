# Writes, cuts and punches files at a mount for ever, from its seed on, and prints each number whose line in a log was synced.
import ctypes, os, random, sys

worker, seed = sys.argv[2], int(sys.argv[3])
os.chdir(sys.argv[1])
if os.stat(".").st_dev == os.stat("..").st_dev:
    sys.exit()  # the mount is gone already: what is beneath is not to be written
rng = random.Random(seed)
libc = ctypes.CDLL(None)
log = os.open(f"log.{worker}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
files = [os.open(f"data.{worker}.{i}", os.O_RDWR | os.O_CREAT, 0o600) for i in range(4)]
for n in range(seed * 1000000, (seed + 1) * 1000000):
    fd, page, pages = rng.choice(files), rng.randrange(64), rng.randrange(1, 40)
    kind = rng.randrange(10)
    if kind == 0:
        os.ftruncate(fd, rng.randrange(1 << 18))
    elif kind == 1:
        libc.fallocate(fd, 3, ctypes.c_long(page * 4096), ctypes.c_long(pages * 4096))
    else:
        os.pwrite(fd, bytes([n % 255 + 1]) * (4096 * pages), page * 4096)
    os.fdatasync(fd)
    os.write(log, b"%d\n" % n)
    os.fsync(log)
    print(n, flush=True)
