import type { KeyState } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type IamDocument,
  type IamStatement,
  type ReferencePolicies,
  referenceAllows,
} from '../../kms/test/policy/reference-evaluator.ts'
import { ask } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

/**
 * Every kind of identity with every source of policies asks for every action on a key in every state, over the wire.
 * The reference evaluator says who may; the key's state says what then happens.
 */
const ACCOUNT = '000000000001'
const ROOT = `arn:aws:iam::${ACCOUNT}:root`
const context = { tenant: '7' }

const policy = (...statements: readonly IamStatement[]): IamDocument => ({
  Version: '2012-10-17',
  Statement: statements,
})
const statement = (Effect: IamStatement['Effect'], Action: readonly string[], more: Partial<IamStatement> = {}) => ({
  Effect,
  Action,
  Resource: ['*'],
  ...more,
})

const identityPolicies: Readonly<Record<string, IamDocument | null>> = {
  nothing: null,
  everything: policy(statement('Allow', ['kms:*'])),
  denial: policy(statement('Allow', ['kms:*']), statement('Deny', ['kms:Encrypt', 'kms:GetKeyPolicy'])),
  context: policy(
    statement('Allow', ['kms:Encrypt', 'kms:DescribeKey'], {
      Condition: { StringEquals: { 'kms:EncryptionContext:tenant': ['7'] } },
    }),
  ),
}

const sessionPolicy = policy(statement('Allow', ['kms:Encrypt', 'kms:Describe*']))

interface Identity {
  readonly name: string
  readonly arn: string
  readonly roleArn?: string
  readonly policies: readonly IamDocument[]
  readonly session: readonly IamDocument[] | null
  readonly accessKeyId: string
  readonly secret: string
  readonly token?: string
}

interface TestKey {
  readonly name: string
  readonly keyId: string
  readonly arn: string
  readonly state: KeyState
  readonly policy: IamDocument
  /** Who was granted `Encrypt`. */
  readonly grantees: readonly string[]
}

let running: Running
let identities: readonly Identity[]
let keys: readonly TestKey[]

beforeAll(async () => {
  running = await start()
  const made: Identity[] = [rootIdentity()]
  for (const [name, document] of Object.entries(identityPolicies)) made.push(...(await makeIdentities(name, document)))
  identities = made
  keys = await makeKeys()
})
afterAll(() => running?.close())

const rootIdentity = (): Identity => ({
  name: 'root',
  arn: ROOT,
  policies: [],
  session: null,
  accessKeyId: running.root.accessKeyId,
  secret: running.root.secretAccessKey,
})

/** A user, a user of a group, a role's session and a narrowed one, that have the same policy. */
async function makeIdentities(name: string, document: IamDocument | null): Promise<readonly Identity[]> {
  const { keys: root } = running
  const policies = document === null ? [] : [document]
  const text = JSON.stringify(document)
  const user = async (userName: string): Promise<Identity> => {
    const { arn } = await root.createUser({ name: userName })
    const { accessKeyId, secretAccessKey: secret } = await root.createAccessKey(userName)
    return { name: userName, arn, policies, session: null, accessKeyId, secret }
  }
  const own = await user(`user-${name}`)
  const member = await user(`member-${name}`)
  await root.createGroup({ name })
  await root.addUserToGroup(name, member.name)
  const role = await root.createRole({
    name,
    trust: JSON.stringify(policy({ Effect: 'Allow', Principal: { AWS: [ROOT] }, Action: ['sts:AssumeRole'] })),
  })
  if (document !== null) {
    await root.putInlinePolicy({ kind: 'user', name: own.name }, 'p', text)
    const managed = await root.createPolicy({ name, document: text })
    await root.attachPolicy({ kind: 'group', name }, managed.arn)
    await root.putInlinePolicy({ kind: 'role', name }, 'p', text)
  }
  const session = async (sessionName: string, narrowed: boolean): Promise<Identity> => {
    const narrowing = narrowed ? { policies: [JSON.stringify(sessionPolicy)] } : {}
    const { arn, credentials } = await root.assumeRole({ roleArn: role.arn, sessionName, ...narrowing })
    return {
      name: `${sessionName}-${name}`,
      arn,
      roleArn: role.arn,
      policies,
      session: narrowed ? [sessionPolicy] : null,
      accessKeyId: credentials.accessKeyId,
      secret: credentials.secretAccessKey,
      token: credentials.sessionToken,
    }
  }
  return [own, member, await session('wide', false), await session('narrow', true)]
}

const left = { Effect: 'Allow', Principal: { AWS: [ROOT] }, Action: ['kms:*'], Resource: ['*'] } as const

const keyPolicies = (): Readonly<Record<string, { readonly policy: IamDocument; readonly granted: boolean }>> => {
  const named = [`arn:aws:iam::${ACCOUNT}:user/user-nothing`, `arn:aws:iam::${ACCOUNT}:role/nothing`]
  const direct = { Effect: 'Allow', Principal: { AWS: named }, Action: ['kms:Encrypt'], Resource: ['*'] } as const
  const denial = {
    Effect: 'Deny',
    Principal: { AWS: ['*'] },
    Action: ['kms:GenerateDataKey', 'kms:GetKeyPolicy'],
    Resource: ['*'],
  } as const
  return {
    left: { policy: policy(left), granted: false },
    named: { policy: policy(direct), granted: false },
    denied: { policy: policy(left, denial), granted: false },
    granted: { policy: policy(left), granted: true },
  }
}

async function makeKeys(): Promise<readonly TestKey[]> {
  const { keys: root } = running
  const made: TestKey[] = []
  for (const [name, { policy: document, granted }] of Object.entries(keyPolicies()))
    for (const state of ['Enabled', 'Disabled', 'PendingDelete'] as const) {
      const { keyId, arn } = await root.createKey({ policy: JSON.stringify(document), bypassLockout: true })
      const grantees = granted
        ? [`arn:aws:iam::${ACCOUNT}:user/member-nothing`, `arn:aws:iam::${ACCOUNT}:role/context`]
        : []
      for (const grantee of grantees) await root.createGrant({ keyId, grantee, operations: ['Encrypt'] })
      await bring(keyId, document, state)
      made.push({ name: `${name} ${state}`, keyId, arn, state, policy: document, grantees })
    }
  return made
}

/** By root, who puts a policy that lets it and then the one of the test. */
async function bring(keyId: string, document: IamDocument, state: KeyState): Promise<void> {
  const { keys: root } = running
  if (state === 'Enabled') return
  await root.putKeyPolicy(keyId, JSON.stringify(policy(left)), false)
  await root.disableKey(keyId)
  await root.putKeyPolicy(keyId, JSON.stringify(document), true)
  if (state !== 'PendingDelete') return
  await root.putKeyPolicy(keyId, JSON.stringify(policy(left, ...document.Statement)), true)
  await root.scheduleKeyDeletion({ keyId, windowDays: 7 })
}

const bodies = {
  Encrypt: { Plaintext: 'eA==', EncryptionContext: context },
  GenerateDataKey: { NumberOfBytes: 32 },
  DescribeKey: {},
  GetKeyPolicy: {},
} as const
type ActionName = keyof typeof bodies

const policyOf = (key: TestKey): IamDocument =>
  key.state === 'PendingDelete' ? policy(left, ...key.policy.Statement) : key.policy

/** What the reference says, then what the state of the key makes of it. */
function expected(identity: Identity, key: TestKey, action: ActionName): string {
  const { arn, roleArn } = identity
  const principal = { arn, account: ACCOUNT, ...(roleArn === undefined ? {} : { roleArn }) }
  const withContext = action === 'Encrypt'
  const question = {
    principal,
    action: `kms:${action}`,
    resource: key.arn,
    account: ACCOUNT,
    context: new Map(withContext ? [['kms:encryptioncontext:tenant', ['7']]] : []),
  }
  const policies: ReferencePolicies = {
    identity: identity.policies,
    key: policyOf(key),
    session: identity.session,
    granted: action === 'Encrypt' && key.grantees.includes(roleArn ?? arn),
  }
  if (!referenceAllows(question, policies)) return 'AccessDeniedException'
  if (key.state === 'Enabled' || action === 'DescribeKey' || action === 'GetKeyPolicy') return 'ok'
  return key.state === 'Disabled' ? 'DisabledException' : 'KMSInvalidStateException'
}

async function answered(identity: Identity, KeyId: string, action: ActionName): Promise<string> {
  const told = await ask('aws', running, {
    action,
    body: { KeyId, ...bodies[action] },
    accessKeyId: identity.accessKeyId,
    secret: identity.secret,
    ...(identity.token === undefined ? {} : { headers: { 'x-amz-security-token': identity.token } }),
  })
  return told.error ?? 'ok'
}

const actionNames = Object.keys(bodies) as ActionName[]

describe.each(actionNames)('%s, of every identity on every key', (action) => {
  it('is answered as the reference and the state say', async () => {
    const seen: Record<string, string> = {}
    const wanted: Record<string, string> = {}
    for (const key of keys)
      await Promise.all(
        identities.map(async (identity) => {
          const name = `${identity.name} on ${key.name}`
          wanted[name] = expected(identity, key, action)
          seen[name] = await answered(identity, key.keyId, action)
        }),
      )
    expect(seen).toEqual(wanted)
    expect(Object.keys(seen)).toHaveLength(identities.length * keys.length)
    expect(new Set(Object.values(seen)).size).toBeGreaterThan(1)
  })

  it('on a key that is not there tells only who may have asked', async () => {
    for (const identity of identities) {
      const told = await answered(identity, '00000000-0000-4000-8000-000000000000', action)
      expect(['AccessDeniedException', 'NotFoundException']).toContain(told)
      if (identity.policies.length === 0 && identity.arn !== ROOT) expect(told).toBe('AccessDeniedException')
    }
  })
})
