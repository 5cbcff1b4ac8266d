import { Command } from 'commander'
import type { Commands } from './sealing-commands.ts'
import { version } from './version.ts'

/** The command line as far as these arguments need it: one command where they begin with its name, else all. */
export async function program(args: readonly string[], commands: Commands): Promise<Command> {
  const hufu = new Command('hufu')
    .description('self-hosted key management and storage encryption')
    .version(version, '-V, --version')
    .showHelpAfterError('hint: add --help to see what can be typed here')
    .showSuggestionAfterError()
    .addHelpText('after', '\nExit codes and every option: docs/cli.md')
  for (const command of await Promise.all(needed(args, commands).map((load) => load()))) hufu.addCommand(command)
  for (const command of everyCommand(hufu)) command.exitOverride().copyInheritedSettings(hufu)
  return hufu
}

function needed([name = '']: readonly string[], commands: Commands): (() => Promise<Command>)[] {
  if (name === '-V' || name === '--version') return []
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  return load === undefined ? Object.values(commands) : [load]
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
