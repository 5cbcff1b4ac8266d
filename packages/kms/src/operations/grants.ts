import { createHash, randomBytes } from 'node:crypto'
import {
  type GrantInput,
  type GrantView,
  HufuError,
  keyArn,
  type PageOfRows,
  type PlaceInList,
  pageOfFound,
} from '@hufu/wire'
import { parseArn } from '../directory/arns.ts'
import { invalid, limit, noEntity } from '../directory/checks.ts'
import type { GrantEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'
import type { Writes } from '../store/store.ts'

const MAX_GRANTS = 1_000

/** What may be granted: not what makes grants, so that nobody grants on what was granted. */
export const grantable = [
  'Decapsulate',
  'Decrypt',
  'DeriveSharedSecret',
  'DescribeKey',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetPublicKey',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
  'Sign',
  'Verify',
  'VerifyMac',
]

const view = (call: Call, { id: grantId, keyId, token: _, ...grant }: GrantEntry): GrantView => ({
  ...grant,
  grantId,
  keyArn: keyArn(call.kms.place.region, call.kms.place.accountId, keyId),
})

const tokenOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export function createGrant(
  call: Call,
  input: GrantInput,
): Promise<{ readonly grantId: string; readonly token: string }> {
  const request = { action: 'CreateGrant', keyName: input.keyId, needs: 'edit', change: 'policy' } as const
  return call.change({ ...request, keepState: true }, async (writes, key) => {
    check(input)
    if ((await writes.grants(key.id)).length >= MAX_GRANTS)
      throw limit(`expected a key with fewer than ${MAX_GRANTS} grants`)
    const { name = '', grantee, retiring = null, operations, contextEquals, contextSubset } = input
    const token = randomBytes(48).toString('base64')
    const grant: GrantEntry = {
      id: randomBytes(32).toString('hex'),
      keyId: key.id,
      token: tokenOf(token),
      name,
      grantee,
      retiring,
      issuer: call.caller.principal,
      operations,
      ...(contextEquals === undefined ? {} : { contextEquals }),
      ...(contextSubset === undefined ? {} : { contextSubset }),
      createdAt: call.kms.clock(),
    }
    await writes.insertGrant(grant)
    return { grantId: grant.id, token }
  })
}

export function listGrants(call: Call, keyId: string): Promise<readonly GrantView[]> {
  return call.use({ action: 'ListGrants', keyName: keyId, needs: 'describe' }, async (key) =>
    (await call.kms.store.grants(key.id)).map((grant) => view(call, grant)),
  )
}

export function revokeGrant(call: Call, keyId: string, grantId: string): Promise<void> {
  const request = { action: 'RevokeGrant', keyName: keyId, needs: 'describe', change: 'policy' } as const
  return call.change({ ...request, keepState: true }, (writes, key) => remove(writes, key.id, grantId))
}

/** By whom the grant names for it, by the grantee who was granted that too, and by the root user. */
export async function retireGrant(
  call: Call,
  asked: { readonly token?: string; readonly keyId?: string; readonly grantId?: string },
): Promise<void> {
  const request = { action: 'RetireGrant', ...(asked.keyId === undefined ? {} : { subject: asked.keyId }) }
  const keyId = await call.prepared(request, async () => {
    const found = await find(call, asked)
    if (found === null || !mayRetire(call, found))
      throw new HufuError('AccessDenied', `expected a grant that ${call.caller.principal} may retire`)
    return {
      result: found.keyId,
      async write(writes) {
        await remove(writes, found.keyId, found.id)
        await writes.announce({ keyId: found.keyId, change: 'policy' })
      },
    }
  })
  call.kms.events.publish({ keyId, change: 'policy' })
}

export function listRetirableGrants(
  call: Call,
  retiring: string,
  { after, limit: size }: PlaceInList,
): Promise<PageOfRows<GrantView>> {
  return call.run({ action: 'ListRetirableGrants', subject: retiring }, async () => {
    const found = await call.kms.store.retirableGrants(retiring, { after, limit: size + 1 })
    const { page, next } = pageOfFound(found, ({ id }) => id, size)
    return { page: page.map((grant) => view(call, grant)), next }
  })
}

async function find(
  { kms }: Call,
  { token, keyId, grantId }: { readonly token?: string; readonly keyId?: string; readonly grantId?: string },
): Promise<GrantEntry | null> {
  if (token !== undefined) return kms.store.grantByToken(tokenOf(token))
  const key = keyId === undefined ? null : await kms.ring.find(keyId)
  if (key === null) return null
  return (await kms.store.grants(key.id)).find(({ id }) => id === grantId) ?? null
}

function mayRetire({ caller, kms }: Call, { retiring, grantee, operations }: GrantEntry): boolean {
  if (caller.sessionPolicies !== undefined) return false
  const own = [caller.principal, caller.roleArn]
  if (caller.principal === kms.principals.rootArn) return true
  return own.includes(retiring ?? '') || (own.includes(grantee) && operations.includes('RetireGrant'))
}

async function remove(writes: Pick<Writes, 'deleteGrant'>, keyId: string, grantId: string): Promise<void> {
  if (!(await writes.deleteGrant(keyId, grantId))) throw noEntity('grant', grantId)
}

function check({ grantee, retiring, operations }: GrantInput): void {
  for (const principal of [grantee, ...(retiring === undefined ? [] : [retiring])])
    if (parseArn(principal) === null) throw invalid('expected the ARN of a user, role, session or root')
  for (const operation of operations)
    if (!grantable.includes(operation)) throw invalid(`expected operations among ${grantable.join(', ')}`)
}
