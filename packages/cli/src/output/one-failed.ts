import { exitCodeOf } from '../exit-code.ts'

/** Tells of one of many that failed, which shows in the exit code; the others go on. */
export function oneFailed(name: string, error: unknown): void {
  process.exitCode = exitCodeOf(error)
  process.stderr.write(`hufu: ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
}
