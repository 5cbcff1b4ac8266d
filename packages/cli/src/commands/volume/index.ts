import { Command } from 'commander'
import { checkCommand } from './check.ts'
import { infoCommand } from './info.ts'
import { initCommand } from './init.ts'
import { recoverCommand } from './recover.ts'
import { rewrapCommand } from './rewrap.ts'

export function volumeCommand(): Command {
  const command = new Command('volume').description('make encrypted volumes and look at them')
  for (const sub of [initCommand(), infoCommand(), checkCommand(), rewrapCommand(), recoverCommand()])
    command.addCommand(sub)
  return command
}
