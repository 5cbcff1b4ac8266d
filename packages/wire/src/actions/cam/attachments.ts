import { z } from 'zod'
import type { AttachedPolicyView, BearerName } from '../../identity-operations.ts'
import type { KeyOperations } from '../../key-operations.ts'
import type { Action } from '../action.ts'
import { camAction, camPage, nothing, number, paging } from './cam-fields.ts'
import { givenPolicy, policyNames } from './policy-names.ts'
import { roleNameOf, roleNames } from './role-names.ts'

const shape = ({ name: PolicyName, number: PolicyId, arn }: AttachedPolicyView) => ({
  PolicyId,
  PolicyName,
  CreateMode: 2,
  PolicyType: arn.startsWith('arn:aws:iam::aws:') ? 'QCS' : 'User',
  Deactived: 0,
})

const listed = (policies: readonly AttachedPolicyView[], input: { readonly Page: number; readonly Rp: number }) => ({
  TotalNum: policies.length,
  List: camPage(policies, input).map(shape),
})

/** The three actions on what one kind of bearer has attached. */
function actionsOn(
  kind: 'user' | 'group',
  noun: 'User' | 'Group',
  fields: { readonly attach: string; readonly detach: string; readonly target: string },
): readonly Action[] {
  const bearer = async (keys: KeyOperations, input: object, field: string): Promise<BearerName> => ({
    kind,
    name: await keys.nameOf(kind, (input as Record<string, number>)[field] ?? 0),
  })
  const named = (field: string) =>
    z.strictObject({ PolicyId: number, [field]: number } as unknown as { readonly PolicyId: typeof number })
  return [
    camAction(`Attach${noun}Policy`, `Attach${noun}Policy`, {
      changes: true,
      request: named(fields.attach),
      call: async (keys, input) =>
        keys.attachPolicy(await bearer(keys, input, fields.attach), await keys.nameOf('policy', input.PolicyId)),
      answer: nothing,
    }),
    camAction(`Detach${noun}Policy`, `Detach${noun}Policy`, {
      changes: true,
      request: named(fields.detach),
      call: async (keys, input) =>
        keys.detachPolicy(await bearer(keys, input, fields.detach), await keys.nameOf('policy', input.PolicyId)),
      answer: nothing,
    }),
    camAction(`ListAttached${noun}Policies`, `ListAttached${noun}Policies`, {
      changes: false,
      request: z.strictObject({ [fields.target]: number, ...paging } as unknown as typeof paging),
      call: async (keys, input) => keys.attachedPolicies(await bearer(keys, input, fields.target)),
      answer: listed,
    }),
  ]
}

const onRole = (names: { readonly id: string; readonly name: string }, action: 'attachPolicy' | 'detachPolicy') => ({
  changes: true,
  request: z.strictObject({
    ...policyNames,
    [names.id]: z.string().max(64).optional(),
    [names.name]: z.string().max(128).optional(),
  } as unknown as typeof policyNames),
  async call(keys: KeyOperations, input: { PolicyId?: number | undefined; PolicyName?: string | undefined }) {
    const given = input as Record<string, string | undefined>
    const role = await roleNameOf(keys, { RoleId: given[names.id], RoleName: given[names.name] })
    const { arn } = await givenPolicy(keys, input)
    return keys[action]({ kind: 'role', name: role }, arn)
  },
  answer: nothing,
})

export const attachments: readonly Action[] = [
  ...actionsOn('user', 'User', { attach: 'AttachUin', detach: 'DetachUin', target: 'TargetUin' }),
  ...actionsOn('group', 'Group', { attach: 'AttachGroupId', detach: 'DetachGroupId', target: 'TargetGroupId' }),
  camAction(
    'AttachRolePolicy',
    'AttachRolePolicy',
    onRole({ id: 'AttachRoleId', name: 'AttachRoleName' }, 'attachPolicy'),
  ),
  camAction(
    'DetachRolePolicy',
    'DetachRolePolicy',
    onRole({ id: 'DetachRoleId', name: 'DetachRoleName' }, 'detachPolicy'),
  ),
  camAction('ListAttachedRolePolicies', 'ListAttachedRolePolicies', {
    changes: false,
    request: z.strictObject({ ...roleNames, ...paging }),
    call: async (keys, input) => keys.attachedPolicies({ kind: 'role', name: await roleNameOf(keys, input) }),
    answer: (policies, input) => listed(policies, input),
  }),
]
