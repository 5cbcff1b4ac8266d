import { Command } from 'commander'
import { bearerCommands } from '../../identity/bearer-commands.ts'
import { iamCall, iamList } from '../../identity/iam-call.ts'
import { show, showAll } from '../../identity/print.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'

export function groupCommand(): Command {
  const command = new Command('group').description('groups of users that share policies')
  for (const each of [
    create(),
    list(),
    showCommand(),
    membership('add', 'AddUserToGroup', 'put a user into it'),
    membership('remove', 'RemoveUserFromGroup', 'take a user out of it'),
    ...bearerCommands('Group'),
  ])
    command.addCommand(each)
  return command
}

const create = (): Command =>
  systemOptions(new Command('create').description('make a group'))
    .argument('<NAME>')
    .action(async (GroupName: string, options: SystemOptions) => {
      show(options, (await iamCall(options, 'CreateGroup', { GroupName })).Group)
    })

const list = (): Command =>
  systemOptions(new Command('list').description('the groups')).action(async (options: SystemOptions) => {
    showAll(options, await iamList(options, 'ListGroups', 'Groups'), ['groupName', 'arn', 'createDate'])
  })

const showCommand = (): Command =>
  systemOptions(new Command('show').description('one group and its users'))
    .argument('<NAME>')
    .action(async (GroupName: string, options: SystemOptions) => {
      const { Group } = await iamCall(options, 'GetGroup', { GroupName })
      const users = await iamList(options, 'GetGroup', 'Users', { GroupName })
      show(options, { ...(Group as object), Users: users.map(({ UserName }) => UserName) })
    })

const membership = (name: string, action: string, description: string): Command =>
  systemOptions(new Command(name).description(description))
    .argument('<GROUP>')
    .argument('<USER>')
    .action(async (GroupName: string, UserName: string, options: SystemOptions) => {
      await iamCall(options, action, { GroupName, UserName })
    })
