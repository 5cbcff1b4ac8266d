// Makes the golden volumes of a format version, once: node make-golden.mjs FOLDER. They are never made again.
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { initVolume, mountVolume } from '@hufu/fuse'
import { unsafeOpenService } from '../support/unsafe-open-service.mjs'

const target = resolve(process.argv[2] ?? '')
const work = mkdtempSync(join(tmpdir(), 'hufu-make-golden-'))
const mountpoint = join(work, 'mnt')
mkdirSync(mountpoint)
mkdirSync(target, { recursive: true })

async function make(name, init) {
  const directory = join(work, name)
  await initVolume({ directory, keys: [{ service: unsafeOpenService, keyId: 'k' }], ...init })
  const mounted = await mountVolume({ directory, mountpoint, services: [unsafeOpenService] })
  const at = (...names) => join(mountpoint, ...names)
  mkdirSync(at('虎符'))
  writeFileSync(at('虎符', 'inner'), 'inner')
  writeFileSync(at('file'), Buffer.alloc(20_000, 'golden '))
  writeFileSync(at('n'.repeat(255)), 'long name')
  writeFileSync(at('empty'), '')
  symlinkSync('虎符/inner', at('link'))
  execFileSync(
    'python3',
    [
      '-c',
      'import os; f = open("sparse", "wb"); f.seek(1000000); f.write(b"end"); os.setxattr("file", "user.note", b"golden note")',
    ],
    { cwd: mountpoint },
  )
  mounted.unmount()
  await mounted.ended
  pack(name, directory)
  return directory
}

const packer = fileURLToPath(new URL('../support/volume_json.py', import.meta.url))
const pack = (name, directory) => execFileSync('python3', [packer, 'pack', directory, join(target, `${name}.json`)])

function broken(name, from, change) {
  const directory = join(work, `broken-${name}`)
  execFileSync('cp', ['-a', from, directory])
  change(directory)
  pack(`broken-${name}`, directory)
}

function flip(path, position) {
  const bytes = readFileSync(path)
  bytes[position] ^= 1
  writeFileSync(path, bytes)
}

const whole = await make('aes-4096', { suite: 'AES-256-GCM', blockSize: 4096 })
await make('aes-65536', { suite: 'AES-256-GCM', blockSize: 65_536 })
await make('sm4-4096', { suite: 'SM4-GCM', blockSize: 4096 })
const entries = readdirSync(whole, { withFileTypes: true }).filter(({ name }) => !name.startsWith('hufu.'))
const link = entries.find((entry) => entry.isSymbolicLink()).name
const directory = entries.find((entry) => entry.isDirectory()).name
const large = entries.find(
  (entry) =>
    entry.isFile() &&
    readFileSync(join(whole, entry.name)).length > 20_000 &&
    readFileSync(join(whole, entry.name)).length < 30_000,
).name
const empty = entries.find((entry) => entry.isFile() && readFileSync(join(whole, entry.name)).length === 0).name
broken('bad-block', whole, (at) => flip(join(at, large), 32 + 4136 * 3 + 50))
broken('bad-header', whole, (at) => flip(join(at, large), 0))
broken('moved-name', whole, (at) => renameSync(join(at, empty), join(at, directory, empty)))
broken('bad-target', whole, (at) => {
  rmSync(join(at, link))
  symlinkSync(Buffer.alloc(40, 7).toString('base64url'), join(at, link))
})
broken('bad-attribute', whole, (at) =>
  execFileSync('python3', [
    '-c',
    'import os, sys; n = os.listxattr(sys.argv[1])[0]; v = bytearray(os.getxattr(sys.argv[1], n)); v[-1] ^= 1; os.setxattr(sys.argv[1], n, bytes(v))',
    join(at, large),
  ]),
)
broken('no-directory-id', whole, (at) => rmSync(join(at, directory, 'hufu.dir'), { force: true }))
broken('newer', whole, (at) =>
  writeFileSync(
    join(at, 'hufu.volume'),
    readFileSync(join(at, 'hufu.volume'), 'utf8').replace('"version":1', '"version":2'),
  ),
)
broken('volume-header', whole, (at) =>
  writeFileSync(
    join(at, 'hufu.volume'),
    readFileSync(join(at, 'hufu.volume'), 'utf8').replace('"blockSize":4096', '"blockSize":65536'),
  ),
)
rmSync(work, { recursive: true, force: true })
