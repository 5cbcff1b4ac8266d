import { createHash, randomBytes } from 'node:crypto'
import { type GrantInput, type GrantView, HufuError, keyArn } from '@hufu/wire'
import { parseArn } from '../directory/arns.ts'
import { invalid, limit, noEntity } from '../directory/checks.ts'
import { listEntries, putEntry, readEntry } from '../directory/documents.ts'
import type { GrantEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'
import type { Reads, Writes } from '../store/store.ts'

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

const grantsOf = async (rows: Pick<Reads, 'entry'>, keyId: string): Promise<readonly GrantEntry[]> =>
  (await readEntry(rows, 'grants', keyId))?.grants ?? []

const save = (rows: Pick<Writes, 'putEntry'>, keyId: string, grants: readonly GrantEntry[]): Promise<void> =>
  putEntry(rows, 'grants', keyId, { keyId, grants })

const view = (call: Call, keyId: string, { id: grantId, token: _, ...grant }: GrantEntry): GrantView => ({
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
    const grants = await grantsOf(writes, key.id)
    if (grants.length >= MAX_GRANTS) throw limit(`expected a key with fewer than ${MAX_GRANTS} grants`)
    const { name = '', grantee, retiring = null, operations, contextEquals, contextSubset } = input
    const token = randomBytes(48).toString('base64')
    const grant: GrantEntry = {
      id: randomBytes(32).toString('hex'),
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
    await save(writes, key.id, [...grants, grant])
    return { grantId: grant.id, token }
  })
}

export function listGrants(call: Call, keyId: string): Promise<readonly GrantView[]> {
  return call.use({ action: 'ListGrants', keyName: keyId, needs: 'describe' }, async (key) =>
    (await grantsOf(call.kms.store, key.id)).map((grant) => view(call, key.id, grant)),
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
    if (found === null || !mayRetire(call, found.grant))
      throw new HufuError('AccessDenied', `expected a grant that ${call.caller.principal} may retire`)
    return {
      result: found.keyId,
      async write(writes) {
        await remove(writes, found.keyId, found.grant.id)
        await writes.announce({ keyId: found.keyId, change: 'policy' })
      },
    }
  })
  call.kms.events.publish({ keyId, change: 'policy' })
}

export function listRetirableGrants(call: Call, retiring: string): Promise<readonly GrantView[]> {
  return call.run({ action: 'ListRetirableGrants', subject: retiring }, async () =>
    (await listEntries(call.kms.store, 'grants')).flatMap(({ keyId, grants }) =>
      grants.filter((grant) => grant.retiring === retiring).map((grant) => view(call, keyId, grant)),
    ),
  )
}

async function find(call: Call, { token, keyId, grantId }: { token?: string; keyId?: string; grantId?: string }) {
  if (token !== undefined) {
    const hash = tokenOf(token)
    for (const entry of await listEntries(call.kms.store, 'grants'))
      for (const grant of entry.grants) if (grant.token === hash) return { keyId: entry.keyId, grant }
    return null
  }
  const key = keyId === undefined ? null : await call.kms.ring.find(keyId)
  if (key === null) return null
  const grant = (await grantsOf(call.kms.store, key.id)).find(({ id }) => id === grantId)
  return grant === undefined ? null : { keyId: key.id, grant }
}

function mayRetire({ caller, kms }: Call, { retiring, grantee, operations }: GrantEntry): boolean {
  if (caller.sessionPolicies !== undefined) return false
  const own = [caller.principal, caller.roleArn]
  if (caller.principal === kms.principals.rootArn) return true
  return own.includes(retiring ?? '') || (own.includes(grantee) && operations.includes('RetireGrant'))
}

async function remove(writes: Reads & Writes, keyId: string, grantId: string): Promise<void> {
  const grants = await grantsOf(writes, keyId)
  if (!grants.some(({ id }) => id === grantId)) throw noEntity('grant', grantId)
  await save(
    writes,
    keyId,
    grants.filter(({ id }) => id !== grantId),
  )
}

function check({ grantee, retiring, operations }: GrantInput): void {
  for (const principal of [grantee, ...(retiring === undefined ? [] : [retiring])])
    if (parseArn(principal) === null) throw invalid('expected the ARN of a user, role, session or root')
  for (const operation of operations)
    if (!grantable.includes(operation)) throw invalid(`expected operations among ${grantable.join(', ')}`)
}
