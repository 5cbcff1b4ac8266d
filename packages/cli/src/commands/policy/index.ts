import { Command } from 'commander'
import { iamCall, iamList } from '../../identity/iam-call.ts'
import { policyArn } from '../../identity/policy-arn.ts'
import { documentOf, show, showAll } from '../../identity/print.ts'
import { readDocument } from '../../identity/read-document.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'
import { simulateCommand } from './simulate.ts'

export function policyCommand(): Command {
  const command = new Command('policy').description('managed policies, and what they would decide')
  for (const each of [create(), list(), showCommand(), update(), remove(), simulateCommand()]) command.addCommand(each)
  return command
}

const create = (): Command =>
  systemOptions(new Command('create').description('make a managed policy'))
    .argument('<NAME>')
    .argument('<FILE>', 'its document, in the syntax of IAM or CAM')
    .option('--description <TEXT>', 'what it is for')
    .action(async (PolicyName: string, file: string, options: SystemOptions & { readonly description?: string }) => {
      const given = { PolicyName, PolicyDocument: await readDocument(file), Description: options.description }
      show(options, (await iamCall(options, 'CreatePolicy', given)).Policy)
    })

const list = (): Command =>
  systemOptions(new Command('list').description('the managed policies, the stock ones first')).action(
    async (options: SystemOptions) => {
      const policies = await iamList(options, 'ListPolicies', 'Policies')
      showAll(options, policies, ['policyName', 'arn', 'defaultVersionId', 'attachmentCount'])
    },
  )

const showCommand = (): Command =>
  systemOptions(new Command('show').description('one policy, with its document'))
    .argument('<POLICY>', 'its ARN or name')
    .action(async (named: string, options: SystemOptions) => {
      const PolicyArn = await policyArn(options, named)
      const policy = (await iamCall(options, 'GetPolicy', { PolicyArn })).Policy as Record<string, unknown>
      const VersionId = String(policy.DefaultVersionId)
      const answer = await iamCall(options, 'GetPolicyVersion', { PolicyArn, VersionId })
      const version = answer.PolicyVersion as { readonly Document: unknown }
      show(options, { ...policy, Document: documentOf(version.Document) })
    })

const update = (): Command =>
  systemOptions(new Command('update').description('a new version, the default from now on'))
    .argument('<POLICY>', 'its ARN or name')
    .argument('<FILE>')
    .action(async (named: string, file: string, options: SystemOptions) => {
      const PolicyDocument = await readDocument(file)
      const PolicyArn = await policyArn(options, named)
      await iamCall(options, 'CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: 'true' })
    })

const remove = (): Command =>
  systemOptions(new Command('delete').description('delete one that is attached to nothing'))
    .argument('<POLICY>', 'its ARN or name')
    .action(async (named: string, options: SystemOptions) => {
      const PolicyArn = await policyArn(options, named)
      const versions = await iamList(options, 'ListPolicyVersions', 'Versions', { PolicyArn })
      for (const { VersionId, IsDefaultVersion } of versions)
        if (IsDefaultVersion !== true)
          await iamCall(options, 'DeletePolicyVersion', { PolicyArn, VersionId: String(VersionId) })
      await iamCall(options, 'DeletePolicy', { PolicyArn })
    })
