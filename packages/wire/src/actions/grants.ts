import { z } from 'zod'
import { type GrantInput, type GrantView, pageOf } from '../identity-operations.ts'
import { contextMap, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon } from './common-fields.ts'
import { marker, truncation } from './marker.ts'

const principal = z.string().min(1).max(256)
const grantId = z.string().min(1).max(128)

const constraints = z.strictObject({
  EncryptionContextEquals: contextMap.optional(),
  EncryptionContextSubset: contextMap.optional(),
})

const createGrant = action<GrantInput, { readonly grantId: string; readonly token: string }>({
  permission: 'kms:CreateGrant',
  changes: true,
  call: (keys, input) => keys.createGrant(input),
  aws: {
    name: 'CreateGrant',
    request: z
      .strictObject({
        KeyId: keyName,
        GranteePrincipal: principal,
        RetiringPrincipal: principal.optional(),
        Operations: z.array(z.string().min(1).max(64)).min(1).max(32),
        Constraints: constraints.default({}),
        Name: z.string().min(1).max(256).optional(),
        ...awsCommon,
      })
      .transform((given) => ({
        keyId: given.KeyId,
        grantee: given.GranteePrincipal,
        operations: given.Operations,
        ...(given.RetiringPrincipal === undefined ? {} : { retiring: given.RetiringPrincipal }),
        ...(given.Name === undefined ? {} : { name: given.Name }),
        ...(given.Constraints.EncryptionContextEquals === undefined
          ? {}
          : { contextEquals: given.Constraints.EncryptionContextEquals }),
        ...(given.Constraints.EncryptionContextSubset === undefined
          ? {}
          : { contextSubset: given.Constraints.EncryptionContextSubset }),
      })),
    answer: ({ grantId, token }) => ({ GrantId: grantId, GrantToken: token }),
  },
})

interface ListInput {
  readonly limit: number
  readonly offset: number
  readonly grantId?: string | undefined
  readonly grantee?: string | undefined
}

const paging = { Limit: integer(1, 100).default(50), Marker: marker.default(0) }

const listGrants = action<ListInput & { readonly keyId: string }, readonly GrantView[]>({
  permission: 'kms:ListGrants',
  changes: false,
  call: (keys, { keyId }) => keys.listGrants(keyId),
  aws: {
    name: 'ListGrants',
    request: z
      .strictObject({
        KeyId: keyName,
        GrantId: grantId.optional(),
        GranteePrincipal: principal.optional(),
        ...paging,
      })
      .transform(({ KeyId, GrantId, GranteePrincipal, Limit, Marker }) => ({
        keyId: KeyId,
        grantId: GrantId,
        grantee: GranteePrincipal,
        limit: Limit,
        offset: Marker,
      })),
    answer: (grants, input) => listed(grants, input),
  },
})

const listRetirableGrants = action<ListInput & { readonly retiring: string }, readonly GrantView[]>({
  permission: 'kms:ListRetirableGrants',
  subject: 'RetiringPrincipal',
  changes: false,
  call: (keys, { retiring }) => keys.listRetirableGrants(retiring),
  aws: {
    name: 'ListRetirableGrants',
    request: z
      .strictObject({ RetiringPrincipal: principal, ...paging })
      .transform(({ RetiringPrincipal, Limit, Marker }) => ({
        retiring: RetiringPrincipal,
        limit: Limit,
        offset: Marker,
      })),
    answer: (grants, input) => listed(grants, input),
  },
})

const retireGrant = action<{ readonly token?: string; readonly keyId?: string; readonly grantId?: string }, void>({
  permission: 'kms:RetireGrant',
  changes: true,
  call: (keys, grant) => keys.retireGrant(grant),
  aws: {
    name: 'RetireGrant',
    request: z
      .strictObject({
        GrantToken: z.string().min(1).max(8192).optional(),
        KeyId: keyName.optional(),
        GrantId: grantId.optional(),
        DryRun: awsCommon.DryRun,
      })
      .refine(({ GrantToken, KeyId, GrantId }) => (GrantToken === undefined) === (KeyId !== undefined && !!GrantId), {
        error: 'expected a grant token, or a key and a grant id',
      })
      .transform(({ GrantToken, KeyId, GrantId }) => ({
        ...(GrantToken === undefined ? {} : { token: GrantToken }),
        ...(KeyId === undefined ? {} : { keyId: KeyId }),
        ...(GrantId === undefined ? {} : { grantId: GrantId }),
      })),
    answer: () => ({}),
  },
})

const revokeGrant = action<{ readonly keyId: string; readonly grantId: string }, void>({
  permission: 'kms:RevokeGrant',
  changes: true,
  call: (keys, input) => keys.revokeGrant(input.keyId, input.grantId),
  aws: {
    name: 'RevokeGrant',
    request: z
      .strictObject({ KeyId: keyName, GrantId: grantId, DryRun: awsCommon.DryRun })
      .transform(({ KeyId, GrantId }) => ({ keyId: KeyId, grantId: GrantId })),
    answer: () => ({}),
  },
})

function listed(grants: readonly GrantView[], input: ListInput): Record<string, unknown> {
  const chosen = grants.filter(
    (grant) =>
      (input.grantId === undefined || grant.grantId === input.grantId) &&
      (input.grantee === undefined || grant.grantee === input.grantee),
  )
  const { page } = pageOf(chosen, input)
  return { Grants: page.map(shape), ...truncation(input.offset, page.length, chosen.length) }
}

const shape = (grant: GrantView) => ({
  KeyId: grant.keyArn,
  GrantId: grant.grantId,
  ...(grant.name === '' ? {} : { Name: grant.name }),
  CreationDate: grant.createdAt / 1000,
  GranteePrincipal: grant.grantee,
  ...(grant.retiring === null ? {} : { RetiringPrincipal: grant.retiring }),
  IssuingAccount: grant.issuer,
  Operations: grant.operations,
  Constraints: {
    ...(grant.contextEquals === undefined ? {} : { EncryptionContextEquals: grant.contextEquals }),
    ...(grant.contextSubset === undefined ? {} : { EncryptionContextSubset: grant.contextSubset }),
  },
})

export const grants: readonly Action[] = [createGrant, listGrants, listRetirableGrants, retireGrant, revokeGrant]
