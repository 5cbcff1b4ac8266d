import { Command } from 'commander'
import { bearerCommands } from '../../identity/bearer-commands.ts'
import { iamCall, iamList } from '../../identity/iam-call.ts'
import { show, showAll } from '../../identity/print.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'
import { accessKeyCommand } from './access-key.ts'

export function userCommand(): Command {
  const command = new Command('user').description('users and their access keys')
  for (const each of [createCommand(), listCommand(), showCommand(), accessKeyCommand(), ...bearerCommands('User')])
    command.addCommand(each)
  return command
}

const createCommand = (): Command =>
  systemOptions(new Command('create').description('make a user'))
    .argument('<NAME>')
    .option('--path <PATH>', 'where it belongs: /office/')
    .action(async (UserName: string, options: SystemOptions & { readonly path?: string }) => {
      show(options, (await iamCall(options, 'CreateUser', { UserName, Path: options.path })).User)
    })

const listCommand = (): Command =>
  systemOptions(new Command('list').description('the users')).action(async (options: SystemOptions) => {
    showAll(options, await iamList(options, 'ListUsers', 'Users'), ['userName', 'arn', 'createDate'])
  })

const showCommand = (): Command =>
  systemOptions(new Command('show').description('one user'))
    .argument('<NAME>')
    .action(async (UserName: string, options: SystemOptions) => {
      const { User } = await iamCall(options, 'GetUser', { UserName })
      const groups = await iamList(options, 'ListGroupsForUser', 'Groups', { UserName })
      show(options, { ...(User as object), Groups: groups.map(({ GroupName }) => GroupName) })
    })
