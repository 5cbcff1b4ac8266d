import { Command } from 'commander'
import { infoCommand } from './info.ts'
import { initCommand } from './init.ts'
import { rewrapCommand } from './rewrap.ts'

export function volumeCommand(): Command {
  const command = new Command('volume').description('make encrypted volumes and look at them')
  for (const sub of [initCommand(), infoCommand(), rewrapCommand()]) command.addCommand(sub)
  return command
}
