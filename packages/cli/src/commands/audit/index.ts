import { Command } from 'commander'
import { listCommand } from './list.ts'

export function auditCommand(): Command {
  return new Command('audit').description('read the record of every request').addCommand(listCommand())
}
