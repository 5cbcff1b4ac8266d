import type { Command } from 'commander'

export interface AuthorityOptions {
  readonly data?: string
  readonly json?: boolean
}

/** The options of a command that works on a data directory itself, whether its system runs or not. */
export const authorityOptions = (command: Command): Command =>
  command.option('--data <DIR>', 'the data directory (HUFU_DATA), .hufu unless told').option('--json', 'print JSON')
