import { Command } from 'commander'
import { version } from './version.ts'

/** One command a file, loaded when it is typed: what `up` needs costs more time than a whole `encrypt`. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./commands/up.ts')).upCommand(),
  key: async () => (await import('./commands/key/index.ts')).keyCommand(),
  encrypt: async () => (await import('./commands/encrypt.ts')).encryptCommand(),
  decrypt: async () => (await import('./commands/decrypt.ts')).decryptCommand(),
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand(),
  rewrap: async () => (await import('./commands/rewrap.ts')).rewrapCommand(),
  volume: async () => (await import('./commands/volume/index.ts')).volumeCommand(),
  mount: async () => (await import('./commands/mount.ts')).mountCommand(),
  umount: async () => (await import('./commands/umount.ts')).umountCommand(),
  pg: async () => (await import('./commands/pg.ts')).pgCommand(),
  user: async () => (await import('./commands/user/index.ts')).userCommand(),
  group: async () => (await import('./commands/group/index.ts')).groupCommand(),
  role: async () => (await import('./commands/role/index.ts')).roleCommand(),
  policy: async () => (await import('./commands/policy/index.ts')).policyCommand(),
  audit: async () => (await import('./commands/audit/index.ts')).auditCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
}

/** The command line as far as these arguments need it: one command where they begin with its name, else all. */
export async function program(args: readonly string[]): Promise<Command> {
  const hufu = new Command('hufu')
    .description('self-hosted key management and storage encryption')
    .version(version, '-V, --version')
    .showHelpAfterError('hint: add --help to see what can be typed here')
    .showSuggestionAfterError()
    .addHelpText('after', '\nExit codes and every option: docs/cli.md')
  for (const command of await Promise.all(needed(args).map((load) => load()))) hufu.addCommand(command)
  for (const command of everyCommand(hufu)) command.exitOverride().copyInheritedSettings(hufu)
  return hufu
}

function needed([name = '']: readonly string[]): (() => Promise<Command>)[] {
  if (name === '-V' || name === '--version') return []
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  return load === undefined ? Object.values(commands) : [load]
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
