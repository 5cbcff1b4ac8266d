import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { mounted } from './support/mounted.ts'

const script = fileURLToPath(new URL('./support/set_ids.py', import.meta.url))

function takenIn(directory: string): string[] {
  chmodSync(directory, 0o777)
  const options = { cwd: directory, encoding: 'utf8', timeout: 200_000, killSignal: 'SIGKILL' } as const
  return execFileSync('python3', [script], options).trim().split('\n')
}

it('takes set-id bits and capabilities away where the backing file system does, whoever asks', async () => {
  const plain = mkdtempSync(join(tmpdir(), 'hufu-plain-'))
  try {
    await using volume = await mounted({ allowOther: true })
    chmodSync(dirname(volume.path), 0o755)
    const directory = join(volume.path, 'directory')
    mkdirSync(directory)
    const expected = takenIn(plain)
    expect(expected).toHaveLength(15 * 6 * 7)
    expect(expected).toContain('write | 6777 | stranger | done 0777 | 0777')
    expect(expected).toContain('reserve | 6777 | root without the right | done 0777 | 0777')
    expect(takenIn(directory)).toEqual(expected)
  } finally {
    rmSync(plain, { recursive: true, force: true })
  }
}, 420_000)
