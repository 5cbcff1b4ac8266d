import { Command } from 'commander'
import { issueCommand } from './issue.ts'
import { listCommand } from './list.ts'
import { revokeCommand } from './revoke.ts'

/** `hufu tls`: client certificates by the authority that a data directory has of its own. */
export function tlsCommand(): Command {
  const command = new Command('tls').description('client certificates by the own CA of a data directory')
  for (const each of [issueCommand(), listCommand(), revokeCommand()]) command.addCommand(each)
  return command
}
