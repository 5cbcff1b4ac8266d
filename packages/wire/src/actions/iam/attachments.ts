import { z } from 'zod'
import type { AttachedPolicyView, BearerName } from '../../identity-operations.ts'
import type { Action } from '../action.ts'
import { arn, entityName, iamAction, nothing, PagedList, pathPrefix, policyText, shown } from './iam-fields.ts'

/** The seven actions on the policies of users, the same of groups and of roles. */
function actionsOn(kind: BearerName['kind'], noun: 'User' | 'Group' | 'Role'): readonly Action[] {
  const inline = new PagedList<string>(`inline policies of a ${kind}`, (name) => name)
  const attached = new PagedList<AttachedPolicyView>(`policies of a ${kind}`, ({ arn }) => arn)
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
      request: named(inline.fields),
      call: (keys, input) => keys.listInlinePolicies(bearer(input)),
      answer: (names, page) => inline.answer('PolicyNames', names, page, (name) => name),
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
      request: named({ ...attached.fields, PathPrefix: pathPrefix }),
      call: (keys, input) => keys.attachedPolicies(bearer(input)),
      answer: (policies, page) =>
        attached.answer('AttachedPolicies', policies, page, ({ arn, name }) => ({ PolicyName: name, PolicyArn: arn })),
    }),
  ]
}

export const attachments: readonly Action[] = [
  ...actionsOn('user', 'User'),
  ...actionsOn('group', 'Group'),
  ...actionsOn('role', 'Role'),
]
