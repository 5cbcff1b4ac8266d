import { Command } from 'commander'
import { createCommand } from './create.ts'
import { describeCommand } from './describe.ts'
import { disableCommand } from './disable.ts'
import { enableCommand } from './enable.ts'
import { listCommand } from './list.ts'

export function keyCommand(): Command {
  const command = new Command('key').description('make and manage keys')
  for (const each of [createCommand(), listCommand(), describeCommand(), enableCommand(), disableCommand()])
    command.addCommand(each)
  return command
}
