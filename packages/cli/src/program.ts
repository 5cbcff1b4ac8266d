import { Command } from 'commander'
import { auditCommand } from './commands/audit/index.ts'
import { benchCommand } from './commands/bench.ts'
import { doctorCommand } from './commands/doctor.ts'
import { keyCommand } from './commands/key/index.ts'
import { upCommand } from './commands/up.ts'
import { version } from './version.ts'

/** The whole command line: one command a file. */
export function program(): Command {
  const hufu = new Command('hufu')
    .description('self-hosted key management and storage encryption')
    .version(version, '-V, --version')
    .showHelpAfterError('hint: add --help to see what can be typed here')
    .showSuggestionAfterError()
    .addHelpText('after', '\nExit codes and every option: docs/cli.md')
  for (const command of [upCommand(), keyCommand(), auditCommand(), doctorCommand(), benchCommand()])
    hufu.addCommand(command)
  for (const command of everyCommand(hufu)) command.exitOverride().copyInheritedSettings(hufu)
  return hufu
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
