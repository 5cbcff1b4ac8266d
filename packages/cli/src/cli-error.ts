import type { ExitCode } from './exit-code.ts'

/** A failure of the command line itself: what was expected and received, and what to type instead. */
export class CliError extends Error {
  readonly hint: string
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CliError'
    this.exitCode = exitCode
    this.hint = hint
  }
}
