import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkVolume } from '../src/index.ts'
import { mounted } from './support/mounted.ts'

const script = fileURLToPath(new URL('./support/renames.py', import.meta.url))

function renamedIn(directory: string): string[] {
  const options = {
    cwd: directory,
    encoding: 'utf8',
    timeout: 200_000,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 26,
  } as const
  return execFileSync('python3', [script], options).trim().split('\n')
}

it.each([false, true])(
  'renames each kind of entry to each other as the backing file system does, integrity %s',
  async (integrity) => {
    const plain = mkdtempSync(join(tmpdir(), 'hufu-plain-'))
    try {
      await using volume = await mounted({}, { integrity })
      const directory = join(volume.path, 'directory')
      mkdirSync(directory)
      const expected = renamedIn(plain)
      expect(expected).toHaveLength(4 * 8 * 8 * 5 + 13 * 5)
      expect(expected).toContain(
        'file to file in one/, exchange: done: ./one/new=8 1 old, ./one/old=8 1 new, ./one/twin=8 1 twin, ./one=4, ./two=4',
      )
      expect(renamedIn(directory)).toEqual(expected)
      await volume.unmount()
      const { findings } = await checkVolume({ directory: volume.backing, services: [volume.service] })
      expect([findings, volume.log]).toEqual([[], []])
    } finally {
      rmSync(plain, { recursive: true, force: true })
    }
  },
  420_000,
)
