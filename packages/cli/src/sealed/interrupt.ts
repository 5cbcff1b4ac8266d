import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** Ctrl-C and SIGTERM call off what `work` does, so that it can tidy up before the command ends. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = (): void =>
    controller.abort(new CliError(exitCode.interrupted, 'interrupted', 'nothing of the result was left behind'))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    return await work(controller.signal)
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop)
  }
}
