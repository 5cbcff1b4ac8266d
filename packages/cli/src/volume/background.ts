import { spawn } from 'node:child_process'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** Runs this command line again in a process that stays; returns once it tells that it is ready. */
export async function inBackground(args: readonly string[]): Promise<void> {
  const script = process.argv[1] ?? ''
  const child = spawn(process.execPath, [script, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const message = await new Promise<string>((resolve, reject) => {
    child.once('message', (told) => resolve(String(told)))
    child.once('error', reject)
    child.once('exit', () =>
      reject(new CliError(exitCode.cannotStart, 'the volume is not mounted', 'see the reason above')),
    )
  })
  child.disconnect()
  child.unref()
  console.error(`hufu: ${message}`)
}

/** Tells the process that started this one, if it waits, or whoever looks. */
export function tellParent(message: string): void {
  if (process.send === undefined) console.error(`hufu: ${message}`)
  else process.send(message)
}
