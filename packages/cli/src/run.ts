import { CommanderError } from 'commander'
import { exitCode, exitCodeOf } from './exit-code.ts'
import { reportFailure } from './output/failure.ts'
import { program } from './program.ts'
import type { Commands } from './sealing-commands.ts'

/** Runs one command line, without the program's own name. Resolves to the exit code; never throws. */
export async function run(args: readonly string[], commands: Commands): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOnBrokenPipe)
  try {
    await (await program(args, commands)).parseAsync(args, { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : exitCode.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage
    reportFailure(error, args.includes('--json'))
    return exitCodeOf(error)
  }
}

/** Whoever read what we print has gone (`hufu audit list | head`). */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCode.ok)
}
