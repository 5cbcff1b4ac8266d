import type { KeyState, SessionCredentials } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIssuer, type TokenIssuer } from '../../../test/compat/support/token-issuer.ts'
import {
  type IamDocument,
  type IamStatement,
  type ReferencePolicies,
  referenceAllows,
} from '../../kms/test/policy/reference-evaluator.ts'
import { oidcVerifier } from '../src/federate/oidc-verifier.ts'
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
  readonly headers?: Readonly<Record<string, string>>
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
let issuer: TokenIssuer
let provider: string
let identities: readonly Identity[]
let keys: readonly TestKey[]

beforeAll(async () => {
  issuer = await startIssuer()
  running = await start(undefined, {}, oidcVerifier())
  provider = (await running.keys.createOidcProvider({ url: issuer.url, clientIds: ['hufu'], thumbprints: [] })).arn
  const adapter = await service()
  const made: Identity[] = [rootIdentity(), adapter]
  for (const [name, document] of Object.entries(identityPolicies))
    made.push(...(await makeIdentities(name, document, adapter)))
  identities = made
  keys = await makeKeys()
})
afterAll(async () => {
  await running?.close()
  await issuer?.close()
})

const rootIdentity = (): Identity => ({
  name: 'root',
  arn: ROOT,
  policies: [],
  session: null,
  accessKeyId: running.root.accessKeyId,
  secret: running.root.secretAccessKey,
})

/** An adapter, who may act on behalf of users and has no rights of its own. */
async function service(): Promise<Identity> {
  const { arn } = await running.keys.createUser({ name: 'adapter' })
  await running.keys.attachPolicy({ kind: 'user', name: 'adapter' }, 'arn:aws:iam::aws:policy/HufuAdapter')
  const { accessKeyId, secretAccessKey: secret } = await running.keys.createAccessKey('adapter')
  return { name: 'adapter', arn, policies: [], session: null, accessKeyId, secret }
}

/** Who asks through the adapter: with the user's rights, by the adapter's signature. */
function onBehalf(adapter: Identity, user: Identity): Identity {
  const headers = { 'x-hufu-on-behalf-of': user.accessKeyId, 'x-hufu-via': 's3' }
  return { ...user, name: `behalf-${user.name}`, accessKeyId: adapter.accessKeyId, secret: adapter.secret, headers }
}

/**
 * A user, a user of a group, and an adapter on the first one's behalf; the second one's temporary credentials, and those
 * of one federated by Tencent's wire; a role's session, a narrowed one, and one of a web identity: all with the same policy.
 */
async function makeIdentities(
  name: string,
  document: IamDocument | null,
  adapter: Identity,
): Promise<readonly Identity[]> {
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
  await root.putInlinePolicy({ kind: 'user', name: member.name }, 'federates', JSON.stringify(federates))
  const role = await root.createRole({
    name,
    trust: trust(),
  })
  if (document !== null) {
    await root.putInlinePolicy({ kind: 'user', name: own.name }, 'p', text)
    const managed = await root.createPolicy({ name, document: text })
    await root.attachPolicy({ kind: 'group', name }, managed.arn)
    await root.putInlinePolicy({ kind: 'role', name }, 'p', text)
  }
  const session = { roleArn: role.arn, policies }
  const narrowing = { policies: [JSON.stringify(sessionPolicy)] }
  const wide = await root.assumeRole({ roleArn: role.arn, sessionName: 'wide' })
  const narrow = await root.assumeRole({ roleArn: role.arn, sessionName: 'narrow', ...narrowing })
  const token = await issuer.token()
  const web = await root.assumeRoleWithWebIdentity({ roleArn: role.arn, sessionName: 'web', token })
  const asMember = running.kms.as({ ...callerOf(member), requestId: 'test', sourceIp: 'test' })
  const temporary = await asMember.sessionToken({})
  return [
    own,
    member,
    onBehalf(adapter, own),
    { ...member, name: `temporary-${name}`, ...signedBy(temporary) },
    { ...member, name: `federated-${name}`, session: [sessionPolicy], ...(await federated(member)) },
    { ...session, name: `wide-${name}`, arn: wide.arn, session: null, ...signedBy(wide.credentials) },
    { ...session, name: `narrow-${name}`, arn: narrow.arn, session: [sessionPolicy], ...signedBy(narrow.credentials) },
    { ...session, name: `web-${name}`, arn: web.arn, session: null, ...signedBy(web.credentials) },
  ]
}

const federates = policy(statement('Allow', ['sts:GetFederationToken']))

/** By Tencent's STS, narrowed. */
async function federated(user: Identity): Promise<Pick<Identity, 'accessKeyId' | 'secret' | 'headers'>> {
  const { body, error } = await ask('tencent', running, {
    action: 'GetFederationToken',
    body: { Name: 'guest', Policy: encodeURIComponent(JSON.stringify(sessionPolicy)) },
    headers: { 'x-tc-version': '2018-08-13' },
    accessKeyId: user.accessKeyId,
    secret: user.secret,
  })
  expect(error).toBeNull()
  const { TmpSecretId, TmpSecretKey, Token } = body.Credentials as Record<
    'TmpSecretId' | 'TmpSecretKey' | 'Token',
    string
  >
  return { accessKeyId: TmpSecretId, secret: TmpSecretKey, headers: { 'x-amz-security-token': Token } }
}

/** Root assumes it, and whoever the issuer knows. */
const trust = (): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sts:AssumeRole' },
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${new URL(issuer.url).host}:sub`]: 'ci:main' } },
      },
    ],
  })

const callerOf = ({ arn, accessKeyId }: Identity) => ({ principal: arn, accessKeyId })

const signedBy = (made: SessionCredentials) => ({
  accessKeyId: made.accessKeyId,
  secret: made.secretAccessKey,
  headers: { 'x-amz-security-token': made.sessionToken },
})

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
    ...(identity.headers === undefined ? {} : { headers: identity.headers }),
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
