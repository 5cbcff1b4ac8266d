import { run } from './run.ts'
import { sealingCommands } from './sealing-commands.ts'

/** Runs one command line of those that seal and open: the start of their bundle. */
export const main = (args: readonly string[]): Promise<number> => run(args, sealingCommands)
