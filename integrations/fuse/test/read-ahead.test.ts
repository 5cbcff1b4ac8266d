import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mounted } from './support/mounted.ts'

it('has the kernel read far ahead, in pieces that several threads open', async () => {
  await using volume = await mounted()
  const device = statSync(volume.path).dev // below 2^20: 12 bits of the major number, 8 of the minor
  const ahead = `/sys/class/bdi/${device >> 8}:${device & 0xff}/read_ahead_kb`
  expect(readFileSync(ahead, 'utf8')).toBe('512\n')
  const file = join(volume.path, 'file')
  const bytes = randomBytes(9_000_001)
  writeFileSync(file, bytes)
  const drop = 'import os, sys; f = os.open(sys.argv[1], 0); os.fsync(f); os.posix_fadvise(f, 0, 0, 4)'
  execFileSync('python3', ['-c', drop, file])
  expect(readFileSync(file).equals(bytes)).toBe(true)
})
