import { Command } from 'commander'
import { bearerCommands } from '../../identity/bearer-commands.ts'
import { iamCall, iamList } from '../../identity/iam-call.ts'
import { documentOf, show, showAll } from '../../identity/print.ts'
import { readDocument } from '../../identity/read-document.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'
import { assumeCommand } from './assume.ts'

export function roleCommand(): Command {
  const command = new Command('role').description('roles, which are assumed for a time')
  for (const each of [create(), list(), showCommand(), trust(), assumeCommand(), ...bearerCommands('Role')])
    command.addCommand(each)
  return command
}

const shape = (role: unknown): Record<string, unknown> => {
  const shown = role as Record<string, unknown>
  return { ...shown, AssumeRolePolicyDocument: documentOf(shown.AssumeRolePolicyDocument) }
}

const create = (): Command =>
  systemOptions(new Command('create').description('make a role'))
    .argument('<NAME>')
    .requiredOption('--trust <FILE>', 'the policy that names who may assume it')
    .option('--description <TEXT>', 'what it is for')
    .action(
      async (RoleName: string, options: SystemOptions & { readonly trust: string; readonly description?: string }) => {
        const AssumeRolePolicyDocument = await readDocument(options.trust)
        const given = { RoleName, AssumeRolePolicyDocument, Description: options.description }
        show(options, shape((await iamCall(options, 'CreateRole', given)).Role))
      },
    )

const list = (): Command =>
  systemOptions(new Command('list').description('the roles')).action(async (options: SystemOptions) => {
    const roles = await iamList(options, 'ListRoles', 'Roles')
    showAll(options, roles.map(shape), ['roleName', 'arn', 'maxSessionDuration'])
  })

const showCommand = (): Command =>
  systemOptions(new Command('show').description('one role'))
    .argument('<NAME>')
    .action(async (RoleName: string, options: SystemOptions) => {
      show(options, shape((await iamCall(options, 'GetRole', { RoleName })).Role))
    })

const trust = (): Command =>
  systemOptions(new Command('trust').description('replace its trust policy'))
    .argument('<NAME>')
    .argument('<FILE>')
    .action(async (RoleName: string, file: string, options: SystemOptions) => {
      await iamCall(options, 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: await readDocument(file) })
    })
