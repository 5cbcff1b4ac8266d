import { z } from 'zod'
import type { GrantInput, GrantView } from '../identity-operations.ts'
import { orderedNumber, type PageOfRows, type PlaceInList, pageAfter } from '../page-after.ts'
import { contextMap, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon } from './common-fields.ts'
import { markersOf, truncation } from './marker.ts'

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

interface GrantsQuery extends PlaceInList {
  readonly keyId: string
  readonly grantId?: string | undefined
  readonly grantee?: string | undefined
}

const limit = integer(1, 100).default(50)
const markers = markersOf('grants of a key')

const listGrants = action<GrantsQuery, readonly GrantView[]>({
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
        Limit: limit,
        Marker: markers.given.optional(),
      })
      .transform(({ KeyId, GrantId, GranteePrincipal, Limit, Marker }) => ({
        keyId: KeyId,
        grantId: GrantId,
        grantee: GranteePrincipal,
        limit: Limit,
        after: Marker,
      })),
    answer(grants, query) {
      const { page, next } = pageAfter(grants.filter(asked(query)), placeOf, query)
      return { Grants: page.map(shape), ...truncation(markers, next) }
    },
  },
})

const asked =
  ({ grantId, grantee }: GrantsQuery) =>
  (grant: GrantView): boolean =>
    (grantId === undefined || grant.grantId === grantId) && (grantee === undefined || grant.grantee === grantee)

/** In the order of their making. */
const placeOf = ({ createdAt, grantId }: GrantView): string => `${orderedNumber(createdAt)}:${grantId}`

const retirableMarkers = markersOf('retirable grants')

const listRetirableGrants = action<PlaceInList & { readonly retiring: string }, PageOfRows<GrantView>>({
  permission: 'kms:ListRetirableGrants',
  subject: 'RetiringPrincipal',
  changes: false,
  call: (keys, { retiring, ...place }) => keys.listRetirableGrants(retiring, place),
  aws: {
    name: 'ListRetirableGrants',
    request: z
      .strictObject({ RetiringPrincipal: principal, Limit: limit, Marker: retirableMarkers.given.optional() })
      .transform(({ RetiringPrincipal, Limit, Marker }) => ({
        retiring: RetiringPrincipal,
        limit: Limit,
        after: Marker,
      })),
    answer: ({ page, next }) => ({ Grants: page.map(shape), ...truncation(retirableMarkers, next) }),
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
