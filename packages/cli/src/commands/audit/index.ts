import { Command } from 'commander'
import { cutCommand } from './cut.ts'
import { exportCommand } from './export.ts'
import { keyCommand } from './key.ts'
import { listCommand } from './list.ts'
import { proveCommand } from './prove.ts'
import { verifyCommand } from './verify.ts'

export function auditCommand(): Command {
  const audit = new Command('audit').description('read and prove the record of every request')
  for (const command of [listCommand, exportCommand, verifyCommand, proveCommand, cutCommand, keyCommand])
    audit.addCommand(command())
  return audit
}
