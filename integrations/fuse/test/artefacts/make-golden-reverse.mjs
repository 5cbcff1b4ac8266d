// Makes the golden reverse view of a format version, once: node make-golden-reverse.mjs FOLDER. It is never made again.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
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
const packer = fileURLToPath(new URL('../support/volume_json.py', import.meta.url))
const pack = (name, directory) => execFileSync('python3', [packer, 'pack', directory, join(target, `${name}.json`)])

async function make(name, init) {
  const [plain, shown] = [join(work, `${name} plain`), join(work, `${name} shown`)]
  const at = (...names) => join(plain, ...names)
  for (const folder of [plain, shown, at('虎符')]) mkdirSync(folder)
  // Of no file with two names: their ids are of inode numbers.
  writeFileSync(at('虎符', 'inner'), 'inner')
  writeFileSync(at('file'), Buffer.alloc(20_000, 'golden '))
  writeFileSync(at('n'.repeat(255)), 'long name')
  writeFileSync(at('empty'), '')
  symlinkSync('虎符/inner', at('link'))
  // Nor of a sparse one: which blocks are holes is for the file system to say.
  const script = 'import os; os.setxattr("file", "user.note", b"golden note")'
  execFileSync('python3', ['-c', script], { cwd: plain })
  await initVolume({ directory: plain, keys: [{ service: unsafeOpenService, keyId: 'k' }], reverse: true, ...init })
  pack(`reverse-${name}-plain`, plain)
  const mounted = await mountVolume({
    directory: plain,
    mountpoint: shown,
    services: [unsafeOpenService],
    reverse: true,
  })
  const copy = join(work, `${name} copy`)
  execFileSync('cp', ['-a', shown, copy])
  mounted.unmount()
  await mounted.ended
  pack(`reverse-${name}-shown`, copy)
  return { plain, copy }
}

function broken(name, from, change) {
  const copy = join(work, name)
  cpSync(from, copy, { recursive: true, verbatimSymlinks: true })
  change(copy)
  pack(`broken-reverse-${name}`, copy)
}
const changeHeader = (from, to) => (at) => {
  const file = join(at, '.hufu.volume')
  const text = readFileSync(file, 'utf8')
  if (!text.includes(from)) throw new Error(`no ${from}`)
  writeFileSync(file, text.replace(from, to))
}

const { plain, copy } = await make('aes-4096', { suite: 'AES-256-GCM', blockSize: 4096 })
await make('sm4-65536', { suite: 'SM4-GCM', blockSize: 65_536 })
broken('plain-header', plain, changeHeader('"blockSize":4096', '"blockSize":65536'))
broken('plain-newer', plain, changeHeader('"version":1', '"version":2'))
const large = readdirSync(copy).find(
  (name) => statSync(join(copy, name), { throwIfNoEntry: false })?.size === 32 + 20_000 + 5 * 40,
)
broken('copy-bad-block', copy, (at) => {
  const bytes = readFileSync(join(at, large))
  bytes[32 + 4136 * 3 + 50] ^= 1
  writeFileSync(join(at, large), bytes)
})
rmSync(work, { recursive: true, force: true })
