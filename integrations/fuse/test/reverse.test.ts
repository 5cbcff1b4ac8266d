import { execFile, execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Secret } from '@hufu/crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { VolumeHeader } from '../src/header/header.ts'
import { headerText } from '../src/header/header-text.ts'
import { checkVolume, initVolume, mountVolume, recoverVolume, rewrapVolume } from '../src/index.ts'
import { volumeKeys } from '../src/volume/volume-keys.ts'
import { whileMounted } from './support/mounting.ts'
import { treeOf } from './support/tree.ts'
import { type UnsafeKeyService, unsafeKeyService } from './support/unsafe-key-service.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

vi.setConfig({ testTimeout: 180_000 })

const services = [unsafeOpenService]
const keys = [{ service: unsafeOpenService, keyId: 'k' }]
let work: string
let [plain, view, copy, mountpoint] = ['', '', '', '']
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'hufu-reverse-'))
  const names: [string, string, string, string] = ['plain', 'view', 'copy', 'mnt']
  ;[plain, view, copy, mountpoint] = names.map((name) => join(work, name)) as typeof names
  mkdirSync(plain)
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

const run = promisify(execFile)
const options = { timeout: 120_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const
/** What a script printed; $1, $2, … are its arguments. */
const shell = async (script: string, ...args: string[]): Promise<string> =>
  (await run('bash', ['-euo', 'pipefail', '-c', script, 'bash', ...args], options)).stdout.trim()
/** What rsync sent, a line each: all that a backup wants to have kept. */
const rsync = (from: string, to: string, ...more: string[]): Promise<string> =>
  shell('rsync -aHAXS --modify-window=-1 --delete --out-format=%n "$@"', ...more, `${from}/`, `${to}/`)
const shown = <T>(run: () => T | Promise<T>): Promise<T> => whileMounted(plain, view, { reverse: true }, run)
const opened = <T>(run: () => T | Promise<T>): Promise<T> => whileMounted(copy, mountpoint, {}, run)

/** A tree of all that a file system has. */
function fillTree(): void {
  const at = (...names: string[]) => join(plain, ...names)
  for (const size of [0, 1, 4095, 4096, 4097, 20_000]) writeFileSync(at(`size ${size}`), Buffer.alloc(size, `${size} `))
  mkdirSync(at('虎符', 'inner'), { recursive: true })
  writeFileSync(at('虎符', 'inner', 'n'.repeat(255)), 'long name')
  mkdirSync(at('d'.repeat(200)))
  writeFileSync(at('d'.repeat(200), 'hufu.dir'), 'a name like one of the format')
  symlinkSync('虎符/inner', at('link'))
  execFileSync('bash', ['-euc', TREE], { cwd: plain })
}
const TREE = `ln 'size 20000' hard; ln 'size 20000' 虎符/hard; mkfifo pipe; chmod 640 'size 1'; chmod 1711 虎符; touch -d @1.25 'size 1'
python3 - <<'P'
import os
with open("sparse", "wb") as f: f.seek(3_000_000); f.write(b"middle"); f.seek(9_000_000); f.write(b"end")
os.setxattr("size 1", "user.note", b"of a file"); os.setxattr("size 1", "user.empty", b""); os.setxattr("虎符", "user.note", b"of a directory")
P
touch -d @100 虎符/inner 虎符`

const LIST = `list() { (cd "$1" && find . ! -path ./.hufu.volume -printf '%p %y %m %n %U %G %T@ %l\\n' | grep -v '^\\. ' | LC_ALL=C sort
  python3 -c '
import os
for at, dirs, files in sorted(os.walk(".")):
    for name in sorted(dirs + files):
        path = os.path.join(at, name)
        for a in sorted(os.listxattr(path, follow_symlinks=False)): print(path, a, os.getxattr(path, a, follow_symlinks=False))'); }
diff <(list "$1") <(list "$2")`

function sameTrees(): void {
  const { '.hufu.volume': _, ...expected } = treeOf(plain)
  expect(treeOf(mountpoint)).toEqual(expected)
}

describe('a plain directory shown as a volume', () => {
  it.each([
    ['AES-256-GCM', 4096],
    ['SM4-GCM', 65_536],
  ] as const)('is, copied by rsync, a volume that has the same: %s, blocks of %i', async (suite, blockSize) => {
    fillTree()
    await initVolume({ directory: plain, keys, reverse: true, suite, blockSize })
    const sent = await shown(async () => {
      await rsync(view, copy)
      // It asks for the holes, of whatever size they are in the plain file's blocks.
      await shell('cp -a "$1" "$2"', view, join(work, 'by cp'))
      expect(treeOf(join(work, 'by cp'))).toEqual(treeOf(copy))
      return rsync(view, copy, '--checksum')
    })
    expect(sent).toBe('')
    expect(existsSync(join(copy, 'hufu.volume'))).toBe(true)
    expect(readdirSync(copy).every((name) => /^[\w-]+$|^hufu\./.test(name))).toBe(true)
    expect((await checkVolume({ directory: copy, services })).findings).toEqual([])
    await opened(async () => {
      sameTrees()
      expect(await shell(`${LIST} || true`, plain, mountpoint)).toBe('')
      expect(statSync(join(mountpoint, 'sparse')).blocks).toBeLessThan(1000)
      writeFileSync(join(mountpoint, 'more'), 'the copy can be written')
      expect(readFileSync(join(mountpoint, 'more'), 'utf8')).toBe('the copy can be written')
    })
  })

  it('has the same bytes at the next mount, and of a change what belongs to it', async () => {
    fillTree()
    await initVolume({ directory: plain, keys, reverse: true })
    await shown(() => rsync(view, copy))
    expect(await shown(() => rsync(view, copy, '--checksum'))).toBe('')
    appendFileSync(join(plain, 'size 4097'), 'more')
    writeFileSync(join(plain, '虎符', 'new'), 'new')
    rmSync(join(plain, 'size 1'))
    const sent = (await shown(() => rsync(view, copy, '--checksum'))).split('\n')
    expect(sent.filter((line) => !line.endsWith('/') && !line.startsWith('deleting '))).toHaveLength(2)
    expect(sent.filter((line) => line.startsWith('deleting '))).toHaveLength(1)
    renameSync(join(plain, '虎符'), join(plain, '虎'))
    await shown(() => rsync(view, copy))
    await opened(sameTrees)
    expect((await checkVolume({ directory: copy, services })).findings).toEqual([])
  })

  it('changes within a mount as the directory does: names, ids of what is beneath, contents', async () => {
    mkdirSync(join(plain, 'a', 'b'), { recursive: true })
    writeFileSync(join(plain, 'a', 'b', 'file'), 'one')
    await initVolume({ directory: plain, keys, reverse: true })
    await shown(async () => {
      await rsync(view, copy)
      renameSync(join(plain, 'a'), join(plain, 'c'))
      appendFileSync(join(plain, 'c', 'b', 'file'), ' two')
      await rsync(view, copy)
    })
    await opened(sameTrees)
  })

  it('is read-only, shows none of its names, and nothing of the header by its own name', async () => {
    fillTree()
    await initVolume({ directory: plain, keys, reverse: true })
    await shown(async () => {
      expect(() => writeFileSync(join(view, 'new'), '')).toThrow('EROFS')
      expect(() => readFileSync(join(view, '.hufu.volume'))).toThrow('ENOENT')
      expect(() => readFileSync(join(view, 'size 1'))).toThrow('ENOENT')
      expect(readFileSync(join(view, 'hufu.volume'))).toEqual(readFileSync(join(plain, '.hufu.volume')))
      const everything = await shell('cd "$1" && find . -printf "%p %l\\n"; find . -type f -exec cat {} +', view)
      for (const word of ['size', '虎符', 'nnnn', 'long name', 'middle', 'inner'])
        expect(everything).not.toContain(word)
    })
  })
})

describe('who may see what of a view', () => {
  it('has access lists, modes and owners kept: another user reads what they might read before, and no more', async () => {
    const setup = `import os, struct
acl = lambda *entries: struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in entries)
none = 0xffffffff
for name in ('granted', 'closed', 'public'): open(name, 'w').write('content of ' + name); os.chmod(name, 0o600)
os.chmod('public', 0o644); os.mkdir('dir'); os.chown('closed', 1, 1)
os.setxattr('granted', 'system.posix_acl_access', acl((1, 6, none), (2, 4, 65534), (4, 0, none), (16, 4, none), (32, 0, none)))
os.setxattr('dir', 'system.posix_acl_default', acl((1, 7, none), (2, 5, 65534), (4, 5, none), (16, 5, none), (32, 0, none)))`
    await shell('cd "$1" && python3 -c "$2"', plain, setup)
    for (const folder of [work, plain]) chmodSync(folder, 0o755)
    await initVolume({ directory: plain, keys, reverse: true })
    const readable = (at: string) =>
      shell(
        `cd "$1" && setpriv --reuid 65534 --regid 65534 --clear-groups bash -c 'for f in *; do [ -d "$f" ] || { cat "$f" > /dev/null 2>&1 && stat -c %s "$f"; }; done; true'`,
        at,
      )
    await whileMounted(plain, view, { reverse: true, allowOther: true }, async () => {
      // Of the directory's id and header, and of each file: its sealed size, where the other user may read it.
      const sizes = (await readable(view)).split('\n')
      expect(sizes).toContain(String(32 + 40 + 'content of granted'.length))
      expect(sizes).toContain(String(32 + 40 + 'content of public'.length))
      expect(await shell('cd "$1" && find . -size -200c -type f -perm 600 -uid 1 | wc -l', view)).toBe('1')
      expect(sizes.filter((size) => size === String(32 + 40 + 'content of closed'.length))).toHaveLength(1) // public's
      await rsync(view, copy)
    })
    chmodSync(copy, 0o755)
    await whileMounted(copy, mountpoint, { allowOther: true }, async () => {
      expect(await shell(`${LIST} || true`, plain, mountpoint)).toBe('')
      expect((await readable(mountpoint)).split('\n').sort()).toEqual(['17', '18'])
    })
  })
})

describe('the keys of a view', () => {
  it('change in its header alone: what was shown is shown, and a copy opens with the new one', async () => {
    const [first, second] = [unsafeKeyService(), unsafeKeyService()]
    fillTree()
    await initVolume({ directory: plain, keys: [{ service: first, keyId: 'k' }], reverse: true })
    const shownBy = (service: UnsafeKeyService) =>
      whileMounted(plain, view, { reverse: true, services: [service] }, () => rsync(view, copy, '--checksum'))
    await shownBy(first)
    // Both services give their key the same name: the one takes the place of the other.
    await rewrapVolume({ directory: plain, services: [first], add: [{ service: second, keyId: 'k' }] })
    const sent = (await shownBy(second)).split('\n')
    expect(sent.filter((line) => line !== './')).toEqual(['hufu.volume'])
    await expect(shownBy(first)).rejects.toMatchObject({ code: 'KeyRefused' })
    await whileMounted(copy, mountpoint, { services: [second] }, sameTrees)
  })
})

describe('the worked example of the format page', () => {
  it('is what is shown, byte for byte', async () => {
    const id = '00112233445566778899aabbccddeeff'
    const key = Secret.take(new Uint8Array(32).fill(0x41))
    const header: VolumeHeader = {
      format: 'hufu-volume',
      version: 1,
      id,
      suite: 'AES-256-GCM',
      blockSize: 4096,
      features: [],
      recipients: [{ keyId: 'k', wrappedKey: Buffer.from(key.bytes()).toString('base64') }],
    }
    writeFileSync(join(plain, '虎符'), Buffer.alloc(1))
    writeFileSync(join(plain, '.hufu.volume'), headerText(header, volumeKeys(header, key).mac))
    await shown(() => {
      expect(readFileSync(join(view, 'hufu.dir')).toString('hex')).toBe('b600788a982797efbcdd078750fcadee')
      const name = readdirSync(view).find((one) => !one.startsWith('hufu.')) ?? ''
      const magic = '485546552d46494c4501000000000000'
      const block = 'e78654c74d45efef3d0a04197eaef69bc8d23f5681d35cb00b27a56522e917a43e575981f6084405bc'
      const bytes = `${magic}693b183a20127ae5f0c7ef27d8a544b2${block}`
      expect(readFileSync(join(view, name)).toString('hex')).toBe(bytes)
    })
  })
})

describe('the key of a view', () => {
  it('taken away, it shows nothing; given back, the same as before', async () => {
    const service = unsafeKeyService()
    fillTree()
    await initVolume({ directory: plain, keys: [{ service, keyId: 'k' }], reverse: true })
    const more = { reverse: true, services: [service], probeMilliseconds: 50 }
    await whileMounted(plain, view, more, async () => {
      const file = join(view, readdirSync(view).find((one) => lstatSync(join(view, one)).size > 20_000) ?? '')
      const before = readFileSync(file)
      service.state = 'disabled'
      await vi.waitFor(() => expect(() => readFileSync(file)).toThrow('EACCES'), { timeout: 30_000 })
      expect(() => readdirSync(view)).toThrow('EACCES')
      service.state = 'up'
      await vi.waitFor(() => expect(readFileSync(file).equals(before)).toBe(true), { timeout: 30_000 })
    })
  })
})

describe('a file that changes while it is read through the view', () => {
  it('gives a copy that opens, whatever was written to it meanwhile', async () => {
    const file = join(plain, 'busy')
    writeFileSync(file, Buffer.alloc(3_000_000, 'a'))
    await initVolume({ directory: plain, keys, reverse: true })
    mkdirSync(copy)
    const script = `import os, random, sys
rng = random.Random(int(sys.argv[2])); fd = os.open(sys.argv[1], os.O_RDWR)
while True:
    os.pwrite(fd, bytes([rng.randrange(97, 123)]) * rng.randrange(1, 300000), rng.randrange(3000000))
    if rng.randrange(4) == 0: os.ftruncate(fd, rng.randrange(2000000, 4000000))`
    await shown(async () => {
      const writers = [1, 2].map((seed) => execFile('python3', ['-c', script, file, String(seed)]))
      try {
        const name = readdirSync(view).find((one) => !one.startsWith('hufu.')) ?? ''
        await shell('cp "$1"/hufu.* "$2"', view, copy)
        // Pieces that end within blocks, at their ends, and everything at once.
        for (const size of [1000, 4136, 65_536, 1_000_000])
          for (let i = 0; i < 5; i++) {
            await shell('dd if="$1" of="$2" bs="$3" status=none', join(view, name), join(copy, name), String(size))
            await shell('mkdir -p "$1/$2"; cp "$3" "$1/$2/"', work, `kept ${size} ${i}`, join(copy, name))
          }
      } finally {
        for (const writer of writers) writer.kill('SIGKILL')
      }
    })
    const [name = ''] = readdirSync(copy).filter((one) => !one.startsWith('hufu.'))
    for (const kept of readdirSync(work).filter((one) => one.startsWith('kept '))) {
      renameSync(join(work, kept, name), join(copy, name))
      expect((await checkVolume({ directory: copy, services })).findings).toEqual([])
    }
  })
})

describe('a header of a plain directory', () => {
  it('is put back from the copy of it that a backup has, where it is broken or lost', async () => {
    writeFileSync(join(plain, 'file'), 'content')
    await initVolume({ directory: plain, keys, reverse: true })
    const [header, backup] = [join(plain, '.hufu.volume'), join(work, 'hufu.volume')]
    const whole = readFileSync(header)
    writeFileSync(backup, whole)
    const recover = () => recoverVolume({ directory: plain, backup, services, reverse: true })
    await expect(recover()).rejects.toMatchObject({ code: 'AlreadyVolume' })
    writeFileSync(header, 'broken')
    await recover()
    rmSync(header)
    await recover()
    expect(readFileSync(header).equals(whole)).toBe(true)
    rmSync(header)
    writeFileSync(join(plain, 'hufu.volume'), whole)
    await expect(recover()).rejects.toMatchObject({ code: 'BackingDirectory' })
  })
})

describe('a directory that is not for it', () => {
  it('is refused', async () => {
    const mount = (directory: string, reverse: boolean) =>
      mountVolume({ directory, mountpoint: view, services, reverse })
    mkdirSync(view)
    await expect(mount(plain, true)).rejects.toMatchObject({ code: 'BackingDirectory' })
    await initVolume({ directory: plain, keys, reverse: true })
    await expect(mount(plain, false)).rejects.toMatchObject({ code: 'BackingDirectory' })
    await expect(initVolume({ directory: plain, keys, reverse: true })).rejects.toMatchObject({ code: 'AlreadyVolume' })
    await expect(initVolume({ directory: join(work, 'none'), keys, reverse: true })).rejects.toMatchObject({
      code: 'BackingDirectory',
    })
    await initVolume({ directory: copy, keys })
    await expect(mount(copy, true)).rejects.toMatchObject({ code: 'BackingDirectory' })
    await expect(initVolume({ directory: copy, keys, reverse: true })).rejects.toMatchObject({ code: 'AlreadyVolume' })
  })
})
