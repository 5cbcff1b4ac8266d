import { z } from 'zod'
import { type PlaceInList, pageAfter } from '../page-after.ts'
import { integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { markersOf, truncation } from './marker.ts'
import type { KeyInput } from './on-one-key.ts'

/** A key has one policy, which has this name. */
const policyName = z.literal('default').default('default')

interface PolicyInput extends KeyInput {
  readonly document: string
  readonly bypassLockout: boolean
}

const putKeyPolicy = action<PolicyInput, void>({
  permission: 'kms:PutKeyPolicy',
  changes: true,
  call: (keys, { keyId, document, bypassLockout }) => keys.putKeyPolicy(keyId, document, bypassLockout),
  aws: {
    name: 'PutKeyPolicy',
    request: z
      .strictObject({
        KeyId: keyName,
        PolicyName: policyName,
        Policy: z.string().min(1).max(40_000),
        BypassPolicyLockoutSafetyCheck: z.boolean().default(false),
      })
      .transform(({ KeyId, Policy, BypassPolicyLockoutSafetyCheck }) => ({
        keyId: KeyId,
        document: Policy,
        bypassLockout: BypassPolicyLockoutSafetyCheck,
      })),
    answer: () => ({}),
  },
})

const getKeyPolicy = action<KeyInput, string>({
  permission: 'kms:GetKeyPolicy',
  changes: false,
  call: (keys, { keyId }) => keys.getKeyPolicy(keyId),
  aws: {
    name: 'GetKeyPolicy',
    request: z
      .strictObject({ KeyId: keyName, PolicyName: policyName })
      .transform(({ KeyId }): KeyInput => ({ keyId: KeyId })),
    answer: (document) => ({ Policy: document, PolicyName: 'default' }),
  },
})

const markers = markersOf('key policies')

const listKeyPolicies = action<KeyInput & PlaceInList, readonly string[]>({
  permission: 'kms:ListKeyPolicies',
  changes: false,
  call: (keys, { keyId }) => keys.listKeyPolicies(keyId),
  aws: {
    name: 'ListKeyPolicies',
    request: z
      .strictObject({ KeyId: keyName, Limit: integer(1, 1_000).default(100), Marker: markers.given.optional() })
      .transform(({ KeyId, Limit, Marker }) => ({ keyId: KeyId, limit: Limit, after: Marker })),
    answer(names, place) {
      const { page, next } = pageAfter(names, (name) => name, place)
      return { PolicyNames: page, ...truncation(markers, next) }
    },
  },
})

export const keyPolicies: readonly Action[] = [putKeyPolicy, getKeyPolicy, listKeyPolicies]
