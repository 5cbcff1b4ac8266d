import { Command } from 'commander'
import { type SystemOptions, systemOptions } from '../system/connect.ts'
import { iamCall, iamList } from './iam-call.ts'
import { policyArn } from './policy-arn.ts'
import { show } from './print.ts'
import { readDocument } from './read-document.ts'

type Noun = 'User' | 'Group' | 'Role'

/** What users, groups and roles have in common: their policies, and their end. */
export const bearerCommands = (noun: Noun): readonly Command[] => [
  systemOptions(new Command('attach').description('attach a managed policy'))
    .argument('<NAME>')
    .argument('<POLICY>', 'its ARN or name')
    .action(async (name: string, policy: string, options: SystemOptions) => {
      const PolicyArn = await policyArn(options, policy)
      await iamCall(options, `Attach${noun}Policy`, { [`${noun}Name`]: name, PolicyArn })
    }),
  systemOptions(new Command('detach').description('take a managed policy off'))
    .argument('<NAME>')
    .argument('<POLICY>', 'its ARN or name')
    .action(async (name: string, policy: string, options: SystemOptions) => {
      const PolicyArn = await policyArn(options, policy)
      await iamCall(options, `Detach${noun}Policy`, { [`${noun}Name`]: name, PolicyArn })
    }),
  systemOptions(new Command('put-policy').description('give an inline policy'))
    .argument('<NAME>')
    .argument('<POLICY>', 'its name')
    .argument('<FILE>', 'its document, in the syntax of IAM or CAM')
    .action(async (name: string, PolicyName: string, file: string, options: SystemOptions) => {
      const PolicyDocument = await readDocument(file)
      await iamCall(options, `Put${noun}Policy`, { [`${noun}Name`]: name, PolicyName, PolicyDocument })
    }),
  systemOptions(new Command('delete-policy').description('delete an inline policy'))
    .argument('<NAME>')
    .argument('<POLICY>', 'its name')
    .action(async (name: string, PolicyName: string, options: SystemOptions) => {
      await iamCall(options, `Delete${noun}Policy`, { [`${noun}Name`]: name, PolicyName })
    }),
  systemOptions(new Command('policies').description('its policies'))
    .argument('<NAME>')
    .action(async (name: string, options: SystemOptions) => {
      const named = { [`${noun}Name`]: name }
      const attached = await iamList(options, `ListAttached${noun}Policies`, 'AttachedPolicies', named)
      const inline = await iamCall(options, `List${noun}Policies`, named)
      show(options, { Attached: attached.map(({ PolicyArn }) => PolicyArn), Inline: inline.PolicyNames })
    }),
  systemOptions(new Command('delete').description('delete it'))
    .argument('<NAME>')
    .action(async (name: string, options: SystemOptions) => {
      await iamCall(options, `Delete${noun}`, { [`${noun}Name`]: name })
    }),
]
