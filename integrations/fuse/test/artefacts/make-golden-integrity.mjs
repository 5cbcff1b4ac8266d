// Makes the golden volumes with integrity, once: node make-golden-integrity.mjs FOLDER. They are never made again.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { initVolume, mountVolume } from '@hufu/fuse'
import { unsafeOpenService } from '../support/unsafe-open-service.mjs'

const target = resolve(process.argv[2] ?? '')
const work = mkdtempSync(join(tmpdir(), 'hufu-make-golden-'))
const [mountpoint, directory, older] = [join(work, 'mnt'), join(work, 'volume'), join(work, 'older')]
mkdirSync(mountpoint)

async function mounted(use) {
  const volume = await mountVolume({ directory, mountpoint, services: [unsafeOpenService] })
  use((...names) => join(mountpoint, ...names))
  volume.unmount()
  await volume.ended
}

const packer = fileURLToPath(new URL('../support/volume_json.py', import.meta.url))
const pack = (name, from) => execFileSync('python3', [packer, 'pack', from, join(target, `${name}.json`)])

function broken(name, change) {
  const copy = join(work, name)
  cpSync(directory, copy, { recursive: true, verbatimSymlinks: true })
  change((...names) => join(copy, ...names))
  pack(`broken-${name}`, copy)
}

/** The backing name of the file of so many bytes. */
const bySize = (size) =>
  readdirSync(directory).find((name) => !name.startsWith('hufu.') && statSync(join(directory, name)).size === size)

await initVolume({ directory, keys: [{ service: unsafeOpenService, keyId: 'k' }], integrity: true })
await mounted((at) => {
  mkdirSync(at('虎符'))
  writeFileSync(at('虎符', 'inner'), 'inner')
  writeFileSync(at('file'), Buffer.alloc(20_000, 'older '))
  writeFileSync(at('removed'), 'removed')
})
cpSync(directory, older, { recursive: true })
const removed = bySize(32 + 40 + 7)
await mounted((at) => {
  execFileSync('python3', ['-c', 'open("file", "r+b").write(b"golden " * 2857 + b"g")'], { cwd: at() })
  rmSync(at('removed'))
  writeFileSync(at('empty'), '')
})
const file = bySize(32 + 20_000 + 5 * 40)
pack('integrity-aes-4096', directory)
broken('integrity-old-block', (at) => {
  const [bytes, old] = [readFileSync(at(file)), readFileSync(join(older, file))]
  old.copy(bytes, 32 + 4136, 32 + 4136, 32 + 2 * 4136)
  writeFileSync(at(file), bytes)
})
broken('integrity-old-entry', (at) => cpSync(join(older, removed), at(removed)))
broken('integrity-missing-entry', (at) => rmSync(at(file)))
broken('integrity-forgotten', (at) => rmSync(at('hufu.integrity')))
rmSync(work, { recursive: true, force: true })
