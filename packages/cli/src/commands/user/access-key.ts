import { Command } from 'commander'
import { iamCall, iamList } from '../../identity/iam-call.ts'
import { show, showAll } from '../../identity/print.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'

/** `hufu user access-key`: two each at most, so that one can replace the other. */
export function accessKeyCommand(): Command {
  const command = new Command('access-key').description('the access keys of a user')
  for (const each of [
    create(),
    list(),
    status('enable', 'Active', 'one that is disabled signs again'),
    status('disable', 'Inactive', 'it signs nothing until it is enabled'),
    remove(),
  ])
    command.addCommand(each)
  return command
}

const create = (): Command =>
  systemOptions(new Command('create').description('make one; its secret is shown this once'))
    .argument('<USER>')
    .action(async (UserName: string, options: SystemOptions) => {
      show(options, (await iamCall(options, 'CreateAccessKey', { UserName })).AccessKey)
    })

const list = (): Command =>
  systemOptions(new Command('list').description('those of a user'))
    .argument('<USER>')
    .action(async (UserName: string, options: SystemOptions) => {
      const keys = await iamList(options, 'ListAccessKeys', 'AccessKeyMetadata', { UserName })
      showAll(options, keys, ['accessKeyId', 'status', 'createDate'])
    })

const status = (name: string, Status: string, about: string): Command =>
  systemOptions(new Command(name).description(about))
    .argument('<USER>')
    .argument('<ACCESSKEYID>')
    .action(async (UserName: string, AccessKeyId: string, options: SystemOptions) => {
      await iamCall(options, 'UpdateAccessKey', { UserName, AccessKeyId, Status })
      show(options, { UserName, AccessKeyId, Status })
    })

const remove = (): Command =>
  systemOptions(new Command('delete').description('delete one'))
    .argument('<USER>')
    .argument('<ACCESSKEYID>')
    .action(async (UserName: string, AccessKeyId: string, options: SystemOptions) => {
      await iamCall(options, 'DeleteAccessKey', { UserName, AccessKeyId })
    })
