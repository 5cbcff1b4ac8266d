// The data path under AddressSanitizer and UndefinedBehaviorSanitizer: a volume is served by an addon that was compiled with
// both, and a script does to it what programs do. Ends with 1 where a sanitizer finds anything.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addonSources } from './sources.mjs'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const compiler = process.env.CC ?? 'cc'
const work = mkdtempSync(join(tmpdir(), 'hufu-sanitize-'))
const mountpoint = join(work, 'mnt')
const log = join(work, 'sanitizer')

/** A copy of the package whose addon is the sanitized one. */
function compile() {
  const copy = join(work, 'fuse')
  for (const part of ['dist', 'package.json', 'test/support'])
    cpSync(join(folder, part), join(copy, part), { recursive: true })
  symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'))
  mkdirSync(join(copy, 'build', 'Release'), { recursive: true })
  const include = [process.env.npm_config_nodedir, dirname(dirname(process.execPath)), '/usr'].filter(Boolean)
  const flags = [
    '-std=gnu11',
    '-O1',
    '-g',
    '-fPIC',
    '-shared',
    '-pthread',
    '-fno-omit-frame-pointer',
    '-D_GNU_SOURCE',
    '-DNAPI_VERSION=8',
  ]
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']
  const headers = include.map((prefix) => `-I${join(prefix, 'include', 'node')}`)
  const output = join(copy, 'build', 'Release', 'hufu_fuse.node')
  execFileSync(compiler, [...flags, ...sanitizers, ...headers, '-o', output, ...addonSources(folder)], {
    stdio: 'inherit',
  })
  return copy
}

const backingOf = ({ suite, reverse }) => join(work, `${reverse ? 'plain' : 'backing'}-${suite}`)

async function serve(copy, options) {
  const library = (name) => execFileSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).trim()
  const script = join(copy, 'test', 'support', 'serve.mjs')
  const child = spawn(process.execPath, [script, backingOf(options), mountpoint, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: library('libasan.so'),
      // Node itself keeps much until it ends.
      ASAN_OPTIONS: `detect_leaks=0:log_path=${log}:handle_segv=0`,
      UBSAN_OPTIONS: `print_stacktrace=1:log_path=${log}`,
    },
  })
  const exited = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code, signal]) => Promise.reject(new Error(`the server ended with ${code ?? signal}`))),
  ])
  return { child, exited }
}

/** The calls of the suite's tests, by the programs that every Debian has. */
const USE = `set -eu; cd "$1"
for size in 0 1 4095 4096 4097 70000 3000000; do head -c $size /dev/urandom > f.$size; cp f.$size g.$size; cmp f.$size g.$size; done
long=$(printf 'n%.0s' $(seq 250)); echo x > $long; mv $long \${long}a; ln \${long}a hard; ln -s f.1 link; readlink link; mkdir -p d/e/f; mv d moved; rm -r moved
for i in $(seq 300); do echo $i > e$i; done; ls | wc -l; rm e*
python3 - <<'P'
import os, random, ctypes
libc = ctypes.CDLL(None); rng = random.Random(1); fd = os.open('random', os.O_RDWR | os.O_CREAT)
for i in range(1500):
    at, size = rng.randrange(400000), rng.randrange(1, 70000)
    kind = rng.randrange(6)
    if kind == 0: os.ftruncate(fd, at)
    elif kind == 1: libc.fallocate(fd, 3, ctypes.c_long(at), ctypes.c_long(size))
    elif kind == 2: os.pread(fd, size, at)
    elif kind == 3: os.lseek(fd, 0, os.SEEK_SET); os.fsync(fd)
    else: os.pwrite(fd, b'x' * size, at)
os.setxattr('random', 'user.' + 'n' * 150, b'v' * 3000); os.getxattr('random', 'user.' + 'n' * 150); os.listxattr('random'); os.removexattr('random', 'user.' + 'n' * 150)
for flag in (1, 2):
    libc.renameat2(-100, b'random', -100, b'f.1', flag)
P
cp -a . ../copied; diff -r . ../copied; rm -rf ../copied
(for i in 1 2 3 4; do (for j in $(seq 40); do head -c 100000 /dev/urandom > t$i.$j; mv t$i.$j u$i; cat u$((j % 4 + 1)) > /dev/null 2>&1 || true; done) & done; wait)`

/** A plain directory, and all that reads its reverse view while it changes. */
const PLAIN = `set -eu; mkdir "$1"; cd "$1"; mkdir -p d/e $(printf 'd%.0s' $(seq 220))
for size in 0 1 4096 4097 70000 3000000; do head -c $size /dev/urandom > f.$size; done; truncate -s 9M sparse; echo end >> sparse
for i in $(seq 300); do echo $i > "d/$(printf 'n%.0s' $(seq 190)) $i"; done; ln f.1 hard; ln -s f.1 link; mkfifo pipe
python3 -c "import os; os.setxattr('f.1', 'user.note', b'v' * 3000); os.setxattr('d', 'user.' + 'n' * 200, b'')"`
const READ = `set -eu; cd "$1"
(for i in $(seq 60); do head -c $((i * 5000)) /dev/urandom > "$2/f.70000"; mv "$2/d/e" "$2/d/g"; mv "$2/d/g" "$2/d/e"; done) & 
for i in 1 2 3; do cp -a . "../read $i" 2>/dev/null || true; done; wait
cp -a . ../read; diff -r --no-dereference --exclude=$(basename "$(find . -type p)") . ../read
python3 - <<'P'
import os
for at, dirs, files in os.walk('.'):
    for name in dirs + files:
        for a in os.listxattr(os.path.join(at, name), follow_symlinks=False): os.getxattr(os.path.join(at, name), a, follow_symlinks=False)
    for name in files:
        path = os.path.join(at, name)
        if not os.path.isfile(path) or os.path.islink(path): continue
        fd = os.open(path, os.O_RDONLY); size = os.fstat(fd).st_size
        for offset in (0, 1, 31, 32, 33, 4167, 4168, 4169, size - 1, size, size + 1):
            if offset >= 0: os.pread(fd, 5000, offset)
        try: os.lseek(fd, 40, os.SEEK_DATA); os.lseek(fd, 40, os.SEEK_HOLE)
        except OSError: pass
P
cat none 2> /dev/null || cat hufu.long.none 2> /dev/null || cat hufu.long.none.name 2> /dev/null || true; rm -rf "../read"*`

async function run(copy, options) {
  const backing = backingOf(options)
  if (options.reverse) execFileSync('bash', ['-c', PLAIN, 'bash', backing])
  const { child, exited } = await serve(copy, options)
  const script = options.reverse ? READ : USE
  const use = spawnSync('bash', ['-c', script, 'bash', mountpoint, backing], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
    killSignal: 'SIGKILL',
  })
  child.kill('SIGTERM')
  const [code] = await exited
  spawnSync('umount', ['-l', mountpoint], { stdio: 'ignore' })
  const found = spawnSync('bash', ['-c', `cat ${log}.* 2>/dev/null`], { encoding: 'utf8' }).stdout
  const ok = use.status === 0 && code === 0 && found === ''
  console.log(
    `${options.suite}${options.reverse ? ', reverse' : ''}: ${ok ? 'nothing found' : `FAILED (programs: ${use.status}, server: ${code})\n${found}`}`,
  )
  return ok
}

mkdirSync(mountpoint)
try {
  const copy = compile()
  const results = []
  for (const suite of ['AES-256-GCM', 'SM4-GCM'])
    for (const reverse of [false, true]) {
      const integrity = suite === 'SM4-GCM' && !reverse
      results.push(await run(copy, { suite, blockSize: 4096, reverse, integrity }))
    }
  process.exitCode = results.every(Boolean) ? 0 : 1
} finally {
  spawnSync('umount', ['-l', mountpoint], { stdio: 'ignore' })
  rmSync(work, { recursive: true, force: true })
}
