import type { SystemOptions } from '../system/connect.ts'
import { iamList } from './iam-call.ts'

/** A managed policy by its ARN or its name, the account's own before a stock one. */
export async function policyArn(options: SystemOptions, named: string): Promise<string> {
  if (named.startsWith('arn:')) return named
  for (const Scope of ['Local', 'AWS'])
    for (const { Arn, PolicyName } of await iamList(options, 'ListPolicies', 'Policies', { Scope }))
      if (PolicyName === named) return String(Arn)
  return `arn:aws:iam::aws:policy/${named}`
}
