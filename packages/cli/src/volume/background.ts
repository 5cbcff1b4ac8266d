import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** How a process in the background knows which file its log is. */
const LOG = 'HUFU_BACKGROUND_LOG'

/** Runs this command line again in a process that stays, with a log of its own; returns once it tells that it is ready. */
export async function inBackground(args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-mount-'))
  const log = join(folder, 'log')
  const fd = openSync(log, 'wx', 0o600)
  const script = process.argv[1] ?? ''
  const env = { ...process.env, [LOG]: log }
  const child = spawn(process.execPath, [script, ...args], { env, detached: true, stdio: ['ignore', fd, fd, 'ipc'] })
  closeSync(fd)
  const outcome = await new Promise<{ message: string } | { code: number | null }>((resolve, reject) => {
    child.once('message', (message) => resolve({ message: String(message) }))
    child.once('error', reject)
    child.once('exit', (code) => resolve({ code }))
  })
  if ('code' in outcome) return failed(folder, log, outcome.code)
  child.disconnect()
  child.unref()
  console.error(`hufu: ${outcome.message}; its log is ${log}`)
}

/** What it said is said again, and its exit code is ours. */
function failed(folder: string, log: string, code: number | null): void {
  const said = readFileSync(log, 'utf8')
  rmSync(folder, { recursive: true, force: true })
  if (code === null)
    throw new CliError(exitCode.cannotStart, `the volume is not mounted: ${said}`, 'try it with --foreground')
  process.stderr.write(said)
  process.exitCode = code
}

/** Tells the process that started this one, if it waits, or whoever looks. */
export function tellParent(message: string): void {
  if (process.send === undefined) console.error(`hufu: ${message}`)
  else process.send(message)
}

/** A log that nothing was said in is not left behind. */
export function dropQuietLog(): void {
  const log = process.env[LOG]
  if (log === undefined || statSync(log, { throwIfNoEntry: false })?.size !== 0) return
  unlinkSync(log)
  rmdirSync(dirname(log))
}
