import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** In the backing directory while the volume is mounted for writing: for `hufu volume info`. Nothing relies on it. */
const STATE_FILE = 'hufu.state'

const schema = z.object({
  pid: z.int().positive(),
  mountpoint: z.string(),
  lease: z.enum(['held', 'unreachable', 'lost']),
  /** When it came to that: until then the KMS said that the volume may be open. */
  since: z.iso.datetime(),
  /** When an unreachable KMS closes the volume. */
  leaseEnds: z.iso.datetime(),
})
export type MountState = z.infer<typeof schema>

/** Written whole or not at all; a store that refuses is no reason to end a mount. */
export function writeMountState(directory: string, state: MountState): void {
  const temporary = join(directory, `hufu.new.${randomBytes(8).toString('hex')}`)
  try {
    writeFileSync(temporary, JSON.stringify(state), { flag: 'wx', mode: 0o600 })
    renameSync(temporary, join(directory, STATE_FILE))
  } catch {
    rmSync(temporary, { force: true })
  }
}

export function removeMountState(directory: string): void {
  try {
    rmSync(join(directory, STATE_FILE), { force: true })
  } catch {
    // a store that is read-only now keeps it; its process is gone, which readMountState notices
  }
}

/** The state that the serving process wrote, or null where none serves the volume (any more). */
export function readMountState(directory: string): MountState | null {
  try {
    const state = schema.parse(JSON.parse(readFileSync(join(directory, STATE_FILE), 'utf8')))
    process.kill(state.pid, 0)
    return state
  } catch {
    return null
  }
}
