import { spawnSync } from 'node:child_process'

/** Runs a program in the foreground; answers its exit code (1 when it could not be started or a signal ended it). */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (result.error) console.error(`${command}: ${result.error.message}`)
  return result.status ?? 1
}

/** As `run`, but ends this process with the program's exit code when it fails. */
export function mustRun(command, args, options) {
  const status = run(command, args, options)
  if (status !== 0) process.exit(status)
}

/** Whether a program of that name is on the path. */
export const hasProgram = (name) => spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
