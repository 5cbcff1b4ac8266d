import { z } from 'zod'
import type { BearerName } from '../../identity-operations.ts'
import type { Action } from '../action.ts'
import { arn, entityName, iamAction, listed, nothing, paging, policyText, shown } from './iam-fields.ts'

const paged = { Marker: paging.Marker, MaxItems: paging.MaxItems }

/** The seven actions on the policies of users, the same of groups and of roles. */
function actionsOn(kind: BearerName['kind'], noun: 'User' | 'Group' | 'Role'): readonly Action[] {
  const nameField = `${noun}Name`
  const named = <T extends z.ZodRawShape>(more: T) =>
    z.strictObject({ [nameField]: entityName, ...more } as unknown as { readonly Name: typeof entityName } & T)
  const bearer = (input: object): BearerName => ({ kind, name: (input as Record<string, string>)[nameField] ?? '' })
  return [
    iamAction(`Put${noun}Policy`, {
      changes: true,
      request: named({ PolicyName: entityName, PolicyDocument: policyText }),
      call: (keys, input) => keys.putInlinePolicy(bearer(input), input.PolicyName, input.PolicyDocument),
      answer: nothing,
    }),
    iamAction(`Get${noun}Policy`, {
      changes: false,
      request: named({ PolicyName: entityName }),
      call: (keys, input) => keys.getInlinePolicy(bearer(input), input.PolicyName),
      answer: (document, input) => ({
        [nameField]: bearer(input).name,
        PolicyName: input.PolicyName,
        PolicyDocument: shown(document),
      }),
    }),
    iamAction(`List${noun}Policies`, {
      changes: false,
      request: named(paged),
      call: (keys, input) => keys.listInlinePolicies(bearer(input)),
      answer: (names, page) => listed('PolicyNames', names, page, (name) => name),
    }),
    iamAction(`Delete${noun}Policy`, {
      changes: true,
      request: named({ PolicyName: entityName }),
      call: (keys, input) => keys.deleteInlinePolicy(bearer(input), input.PolicyName),
      answer: nothing,
    }),
    iamAction(`Attach${noun}Policy`, {
      changes: true,
      request: named({ PolicyArn: arn }),
      call: (keys, input) => keys.attachPolicy(bearer(input), input.PolicyArn),
      answer: nothing,
    }),
    iamAction(`Detach${noun}Policy`, {
      changes: true,
      request: named({ PolicyArn: arn }),
      call: (keys, input) => keys.detachPolicy(bearer(input), input.PolicyArn),
      answer: nothing,
    }),
    iamAction(`ListAttached${noun}Policies`, {
      changes: false,
      request: named({ ...paged, PathPrefix: paging.PathPrefix }),
      call: (keys, input) => keys.attachedPolicies(bearer(input)),
      answer: (policies, page) =>
        listed('AttachedPolicies', policies, page, ({ arn, name }) => ({ PolicyName: name, PolicyArn: arn })),
    }),
  ]
}

export const attachments: readonly Action[] = [
  ...actionsOn('user', 'User'),
  ...actionsOn('group', 'Group'),
  ...actionsOn('role', 'Role'),
]
