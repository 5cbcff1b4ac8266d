import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mounted, mounted } from './support/mounted.ts'

// Calls that Node does not make, by Python, which every Debian has.
let volume: Mounted
beforeAll(async () => {
  volume = await mounted()
})
afterAll(() => volume[Symbol.asyncDispose]())

const python = (script: string): string =>
  execFileSync('python3', ['-c', `import ctypes, errno, fcntl, os, sys\n${script}`], {
    cwd: volume.path,
    encoding: 'utf8',
    timeout: 30_000,
    killSignal: 'SIGKILL',
  }).trim()

const LIBC = `
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
  return 0 if getattr(libc, name)(*args) >= 0 else errno.errorcode[ctypes.get_errno()]
def rename(old, new, flags): return call('renameat2', -100, old.encode(), -100, new.encode(), flags)
def allocate(fd, mode, offset, size): return call('fallocate', fd, mode, ctypes.c_long(offset), ctypes.c_long(size))
def seek(fd, offset, whence):
  try: return os.lseek(fd, offset, whence)
  except OSError as e: return errno.errorcode[e.errno]
def write(name, text): open(name, 'w').write(text)
def read(name): return open(name).read()
`

describe('calls on a volume', () => {
  it.each(['b', 'n'.repeat(200)])('renames without replacing, and exchanges, with %s', (other) => {
    const script = `${LIBC}
write('a', 'A'); write('${other}', 'B')
print(rename('a', '${other}', 1), rename('a', '${other}', 2), read('a'), read('${other}'), rename('a', 'new', 1), read('new'))
os.remove('${other}'); os.remove('new')`
    expect(python(script)).toBe('EEXIST 0 B A 0 B')
  })

  it('tells data from holes, of what is written and not yet flushed too', () => {
    const script = `${LIBC}
fd = os.open('sparse', os.O_RDWR | os.O_CREAT)
os.pwrite(fd, b'x' * 100, 0)
print(seek(fd, 0, os.SEEK_DATA), seek(fd, 0, os.SEEK_HOLE), seek(fd, 50, os.SEEK_HOLE), seek(fd, 100, os.SEEK_DATA))
os.pwrite(fd, b'y' * 4096, 409600)
found = seek(fd, 40960, os.SEEK_DATA)
print(401408 < found <= 409600, 4096 <= seek(fd, 0, os.SEEK_HOLE) <= 8192, seek(fd, 409600, os.SEEK_HOLE))`
    expect(python(script).split('\n')).toEqual(['0 100 100 ENXIO', 'True True 413696'])
  })

  it('reserves far into a sparse file, punches holes and zeroes ranges', () => {
    const script = `${LIBC}
fd = os.open('reserved', os.O_RDWR | os.O_CREAT)
os.ftruncate(fd, 1 << 42)
print(allocate(fd, 0, (1 << 42) - 4096, 8192), os.fstat(fd).st_size - (1 << 42), os.fstat(fd).st_blocks < 1000)
os.ftruncate(fd, 0); os.pwrite(fd, b'z' * 50000, 0)
print(allocate(fd, 3, 5000, 30000), allocate(fd, 16 | 1, 49000, 5000), os.fstat(fd).st_size, allocate(fd, 8, 0, 4096))
expected = bytearray(b'z' * 50000); expected[5000:35000] = bytes(30000); expected[49000:50000] = bytes(1000)
print(os.pread(fd, 60000, 0) == bytes(expected))`
    expect(python(script).split('\n')).toEqual(['0 4096 True', '0 0 50000 ENOTSUP', 'True'])
  })

  it('refuses sizes beyond the largest', () => {
    const script = `${LIBC}
fd = os.open('huge', os.O_RDWR | os.O_CREAT)
try: os.ftruncate(fd, (1 << 63) - 1)
except OSError as e: print(errno.errorcode[e.errno])`
    expect(python(script)).toBe('EFBIG')
  })

  it('takes the umask of the caller, or the default access list of the directory', () => {
    const script = `${LIBC}
mode = lambda path: oct(os.stat(path).st_mode & 0o7777)
os.umask(0); os.close(os.open('open', os.O_CREAT, 0o666)); os.mkdir('dir', 0o777); os.mkdir('shut', 0o500)
os.umask(0o77); os.close(os.open('mine', os.O_CREAT, 0o666))
print(mode('open'), mode('dir'), mode('shut'), mode('mine'))
acl = b'\\x02\\0\\0\\0' + b''.join(t.to_bytes(2, 'little') + p.to_bytes(2, 'little') + b'\\xff' * 4 for t, p in [(1, 7), (4, 5), (32, 4)])
os.setxattr('dir', 'system.posix_acl_default', acl)
os.close(os.open('dir/file', os.O_CREAT, 0o666)); os.mkdir('dir/dir')
print(mode('dir/file'), mode('dir/dir'), os.getxattr('dir/dir', 'system.posix_acl_default') == acl)`
    expect(python(script).split('\n')).toEqual(['0o666 0o777 0o500 0o600', '0o644 0o754 True'])
  })

  it.each([
    ['os.write(os.open("set", os.O_WRONLY | os.O_APPEND), b"x")', '0o777'],
    ['os.open("set", os.O_WRONLY | os.O_TRUNC)', '0o777'],
    ['os.truncate("set", 100)', '0o777'],
    ['os.open("set", os.O_WRONLY)', '0o6777'],
  ])('takes the set-id bits from a file when it is changed without the privilege: %s', (change, mode) => {
    const script = `${LIBC}
write('set', 'x'); os.chmod('set', 0o6777)
head, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
libc.capget(head, sets); sets[0] &= ~(1 << 4); libc.capset(head, sets) # CAP_FSETID
${change}; print(oct(os.stat('set').st_mode & 0o7777))`
    expect(python(script)).toBe(mode)
  })

  it('keeps attributes, sealed, and says which are there', () => {
    const script = `${LIBC}
write('attributed', '')
os.setxattr('attributed', 'user.one', b'plain value'); os.setxattr('attributed', 'user.two', b'\\0' * 1000)
print(sorted(os.listxattr('attributed')), os.getxattr('attributed', 'user.one').decode(), len(os.getxattr('attributed', 'user.two')))
for flags, name in [(os.XATTR_CREATE, 'user.one'), (os.XATTR_REPLACE, 'user.none')]:
  try: os.setxattr('attributed', name, b'', flags)
  except OSError as e: print(errno.errorcode[e.errno])
os.removexattr('attributed', 'user.one'); print(os.listxattr('attributed'))`
    expect(python(script)).toBe("['user.one', 'user.two'] plain value 1000\nEEXIST\nENODATA\n['user.two']")
  })

  it('keeps locks of whole files and of ranges, between processes', () => {
    const script = `${LIBC}
write('locked', 'x' * 100)
first = open('locked', 'r+'); fcntl.flock(first, fcntl.LOCK_EX); fcntl.lockf(first, fcntl.LOCK_EX, 10, 0)
def attempt(how):
  try: how(); return 'had'
  except OSError as e: return errno.errorcode[e.errno]
if os.fork() == 0:
  other = open('locked', 'r+')
  print(attempt(lambda: fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)),
        attempt(lambda: fcntl.lockf(other, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 5)),
        attempt(lambda: fcntl.lockf(other, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 50)), flush=True); os._exit(0)
os.wait()`
    expect(python(script)).toBe('EAGAIN EAGAIN had')
  })

  it('makes files without a name, and names them', () => {
    const script = `${LIBC}
fd = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600)
os.write(fd, b'unnamed'); before = len(os.listdir('.'))
print(call('linkat', -100, f'/proc/self/fd/{fd}'.encode(), -100, b'named', 0x400))
print(read('named'), len(os.listdir('.')) - before)`
    expect(python(script)).toBe('0\nunnamed 1')
  })

  it('copies ranges between files, and within one', () => {
    const script = `${LIBC}
one, two = os.open('one', os.O_RDWR | os.O_CREAT), os.open('two', os.O_RDWR | os.O_CREAT)
os.pwrite(one, bytes(range(256)) * 40, 0)
print(os.copy_file_range(one, two, 9000, 100, 50), os.copy_file_range(one, one, 1000, 0, 20000))
expected = bytes(50) + (bytes(range(256)) * 40)[100:9100]
print(os.pread(two, 20000, 0) == expected, os.pread(one, 1000, 20000) == (bytes(range(256)) * 40)[:1000], os.fstat(one).st_size)`
    expect(python(script).split('\n')).toEqual(['9000 1000', 'True True 21000'])
  })

  it('keeps what a private mapping changes from the file, and reads and writes past the cache', () => {
    const script = `${LIBC}
import mmap
write('private', 'x' * 10000)
with open('private', 'r+b') as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY) as m: m[0:4] = b'1234'
direct = os.open('private', os.O_RDWR | os.O_DIRECT)
page = mmap.mmap(-1, 4096); page.write(b'd' * 4096)
print(read('private')[:4], os.pwritev(direct, [page], 4096), read('private')[4094:4098], os.preadv(direct, [page], 0), page[:2].decode())`
    expect(python(script)).toBe('xxxx 4096 xxdd 4096 xx')
  })

  it('syncs files and directories, and says how much room there is', () => {
    const script = `${LIBC}
os.mkdir('synced'); write('synced/file', 'x')
for path in ['synced/file', 'synced', '.']: fd = os.open(path, os.O_RDONLY); os.fsync(fd); os.close(fd)
fd = os.open('synced/file', os.O_WRONLY); os.fdatasync(fd)
room = os.statvfs('synced'); print(room.f_namemax, room.f_blocks > 0, room.f_bavail <= room.f_blocks)`
    expect(python(script)).toBe('255 True True')
  })

  it('keeps access lists, and shows them in the mode', () => {
    const script = `${LIBC}
write('listed', 'secret'); os.chmod('listed', 0o600)
entries = [(1, 6, -1), (2, 4, 12345), (4, 0, -1), (16, 4, -1), (32, 0, -1)]
acl = (2).to_bytes(4, 'little') + b''.join(t.to_bytes(2, 'little') + p.to_bytes(2, 'little') + (i & 0xffffffff).to_bytes(4, 'little') for t, p, i in entries)
os.setxattr('listed', 'system.posix_acl_access', acl)
print(os.getxattr('listed', 'system.posix_acl_access') == acl, oct(os.stat('listed').st_mode & 0o777))
os.removexattr('listed', 'system.posix_acl_access'); print(os.listxattr('listed'))`
    expect(python(script).split('\n')).toEqual(['True 0o640', '[]'])
  })

  it('changes owners and times to the nanosecond, of links too', () => {
    const script = `${LIBC}
write('owned', 'x'); os.symlink('owned', 'pointer')
os.chown('owned', 12, 34); os.lchown('pointer', 56, 78)
os.utime('owned', ns=(1, 1700000000123456789)); os.utime('pointer', ns=(7, 1600000000987654321), follow_symlinks=False)
for s in [os.stat('owned'), os.lstat('pointer')]: print(s.st_uid, s.st_gid, s.st_atime_ns, s.st_mtime_ns)`
    expect(python(script).split('\n')).toEqual(['12 34 1 1700000000123456789', '56 78 7 1600000000987654321'])
  })

  it('changes size, mode, owners and times of a file without a name, open or held by its path alone', () => {
    const script = `${LIBC}
write('removed', 'x' * 5000)
file = os.open('removed', os.O_RDWR); held = os.open('removed', os.O_PATH); os.remove('removed')
def show(fd):
  s = os.fstat(fd); print(s.st_size, oct(s.st_mode & 0o7777), s.st_uid, s.st_gid, s.st_atime_ns, s.st_mtime_ns, s.st_nlink)
os.ftruncate(file, 123); os.fchown(file, 12, 34); os.fchmod(file, 0o640); os.utime(file, ns=(1, 1700000000123456789)); show(file)
path = f'/proc/self/fd/{held}'
os.truncate(path, 45); os.chown(path, 56, 78); os.chmod(path, 0o4711); os.utime(path, ns=(7, 1600000000987654321)); show(held); show(file)`
    const second = '45 0o4711 56 78 7 1600000000987654321 0'
    expect(python(script).split('\n')).toEqual(['123 0o640 12 34 1 1700000000123456789 0', second, second])
  })

  it('maps files: what one process writes, the file has', () => {
    const script = `${LIBC}
import mmap
write('mapped', 'x' * 10000)
with open('mapped', 'r+b') as f, mmap.mmap(f.fileno(), 0) as m: m[4090:4100] = b'0123456789'; m.flush()
print(read('mapped')[4088:4102])`
    expect(python(script)).toBe('xx0123456789xx')
  })
})
