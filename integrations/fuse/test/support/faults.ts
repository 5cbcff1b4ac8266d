import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Fault =
  | 'write'
  | 'half-write'
  | 'tear'
  | 'tear-before-truncate'
  | 'read'
  | 'fsync'
  | 'lock'
  | 'chown'
  | 'kill-before-log'
  | 'kill-behind-log'

export interface Faults extends Disposable {
  /** For a server whose store shall fail. */
  env(under: string): NodeJS.ProcessEnv
  /** From now on that call fails, after so many more of it; null: none does. */
  set(fault: Fault | null, after?: number): void
}

/** Compiles `faults.c`, by which the calls of a server fail as a test tells. */
export function faults(): Faults {
  const work = mkdtempSync(join(tmpdir(), 'hufu-faults-'))
  const [library, control] = [join(work, 'faults.so'), join(work, 'control')]
  const source = fileURLToPath(new URL('./faults.c', import.meta.url))
  execFileSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  return {
    env: (under) => ({ LD_PRELOAD: library, HUFU_FAULT_FILE: control, HUFU_FAULT_UNDER: under }),
    set: (fault, after = 0) => writeFileSync(control, fault === null ? '' : `${fault} ${after}`),
    [Symbol.dispose]: () => rmSync(work, { recursive: true, force: true }),
  }
}
