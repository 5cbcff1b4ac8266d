import type { Case } from './case.ts'
import { type OnKey, sym } from './on-key.ts'
import type { World } from './world.ts'

const GranteePrincipal = 'arn:aws:iam::000000000001:user/alice'
const Operations = ['Encrypt', 'Decrypt']

async function grant(world: World, keyId: string): Promise<{ grantId: string; token: string }> {
  return world.keys.createGrant({ keyId, grantee: GranteePrincipal, operations: Operations })
}

/** Key policies and grants. */
export const awsAccess: readonly OnKey[] = [
  {
    action: 'CreateGrant',
    request: (_, KeyId) => ({ KeyId, GranteePrincipal, Operations }),
    dryRun: true,
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'ListGrants',
    async request(world, KeyId) {
      await grant(world, KeyId)
      return { KeyId }
    },
    answer: () => ({ Grants: [{ GranteePrincipal, Operations }] }),
    disabled: 'ok',
    pending: 'ok',
  },
  {
    action: 'RevokeGrant',
    request: async (world, KeyId) => ({ KeyId, GrantId: (await grant(world, KeyId)).grantId }),
    dryRun: true,
    disabled: 'ok',
    pending: 'ok',
  },
  {
    action: 'GetKeyPolicy',
    request: (_, KeyId) => ({ KeyId, PolicyName: 'default' }),
    disabled: 'ok',
    pending: 'ok',
  },
  {
    action: 'PutKeyPolicy',
    request: async (world, KeyId) => ({
      KeyId,
      PolicyName: 'default',
      Policy: await world.keys.getKeyPolicy(KeyId),
    }),
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'ListKeyPolicies',
    request: (_, KeyId) => ({ KeyId }),
    answer: () => ({ PolicyNames: ['default'] }),
    disabled: 'ok',
    pending: 'ok',
  },
]

export const awsAccessCases: readonly Case[] = [
  {
    action: 'PutKeyPolicy',
    of: 'no policy',
    outcome: 'MalformedPolicyDocument',
    request: async (world) => ({ KeyId: await world.shared(sym), PolicyName: 'default', Policy: '{' }),
  },
  {
    action: 'RetireGrant',
    of: 'a token that is none',
    outcome: 'AccessDenied',
    request: () => ({ GrantToken: 'bm90aGluZw==' }),
  },
  {
    action: 'RetireGrant',
    of: 'a token',
    outcome: 'ok',
    request: async (world) => ({ GrantToken: (await grant(world, await world.key())).token }),
  },
  {
    action: 'RetireGrant',
    of: 'a token, DryRun',
    outcome: 'DryRun',
    request: async (world) => ({ GrantToken: (await grant(world, await world.key())).token, DryRun: true }),
  },
  {
    action: 'ListRetirableGrants',
    of: 'a principal',
    outcome: 'ok',
    request: () => ({ RetiringPrincipal: GranteePrincipal }),
  },
  {
    action: 'ListRetirableGrants',
    of: 'no marker',
    outcome: 'InvalidMarker',
    request: () => ({ RetiringPrincipal: GranteePrincipal, Marker: 'not a marker' }),
  },
  {
    action: 'ListGrants',
    of: 'no marker',
    outcome: 'InvalidMarker',
    request: async (world) => ({ KeyId: await world.shared(sym), Marker: 'not a marker' }),
  },
]
