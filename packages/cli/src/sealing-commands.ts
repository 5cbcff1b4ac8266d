import type { Command } from 'commander'

/** One command a file, by its name, loaded when it is typed: what `up` needs costs more time than a whole `encrypt`. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>

/** Those that seal and open: what they need is bundled, since they run for every file. */
export const sealingCommands: Commands = {
  encrypt: async () => (await import('./commands/encrypt.ts')).encryptCommand(),
  decrypt: async () => (await import('./commands/decrypt.ts')).decryptCommand(),
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand(),
  rewrap: async () => (await import('./commands/rewrap.ts')).rewrapCommand(),
}
