import { commands } from './commands.ts'
import { run } from './run.ts'

/** Runs one command line, of any command. */
export const main = (args: readonly string[]): Promise<number> => run(args, commands)
