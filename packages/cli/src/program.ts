import { Command } from 'commander'
import { auditCommand } from './commands/audit/index.ts'
import { benchCommand } from './commands/bench.ts'
import { decryptCommand } from './commands/decrypt.ts'
import { doctorCommand } from './commands/doctor.ts'
import { encryptCommand } from './commands/encrypt.ts'
import { inspectCommand } from './commands/inspect.ts'
import { keyCommand } from './commands/key/index.ts'
import { mountCommand } from './commands/mount.ts'
import { pgCommand } from './commands/pg.ts'
import { rewrapCommand } from './commands/rewrap.ts'
import { umountCommand } from './commands/umount.ts'
import { upCommand } from './commands/up.ts'
import { volumeCommand } from './commands/volume/index.ts'
import { version } from './version.ts'

/** The whole command line: one command a file. */
export function program(): Command {
  const hufu = new Command('hufu')
    .description('self-hosted key management and storage encryption')
    .version(version, '-V, --version')
    .showHelpAfterError('hint: add --help to see what can be typed here')
    .showSuggestionAfterError()
    .addHelpText('after', '\nExit codes and every option: docs/cli.md')
  for (const command of commands()) hufu.addCommand(command)
  for (const command of everyCommand(hufu)) command.exitOverride().copyInheritedSettings(hufu)
  return hufu
}

const commands = (): Command[] => [
  upCommand(),
  keyCommand(),
  encryptCommand(),
  decryptCommand(),
  inspectCommand(),
  rewrapCommand(),
  volumeCommand(),
  mountCommand(),
  umountCommand(),
  pgCommand(),
  auditCommand(),
  doctorCommand(),
  benchCommand(),
]

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
