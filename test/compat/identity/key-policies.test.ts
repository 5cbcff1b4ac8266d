import * as iam from '@aws-sdk/client-iam'
import * as kms from '@aws-sdk/client-kms'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allow,
  type ClientCredentials,
  iamClient,
  kmsClient,
  sessionOf,
  stsClient,
  trust,
} from '../support/identity-clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const ACCOUNT = '000000000001'
const ROOT = `arn:aws:iam::${ACCOUNT}:root`
const user = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`
const denied = { name: 'AccessDeniedException' }
const malformed = { name: 'MalformedPolicyDocumentException' }
const plaintext = Buffer.from('x')

let running: KmsServer
let admin: iam.IAMClient
let root: kms.KMSClient

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  admin = iamClient(running)
  root = kmsClient(running)
})
afterAll(async () => {
  admin?.destroy()
  root?.destroy()
  await running?.close()
})

async function newUser(name: string, policy?: string): Promise<kms.KMSClient> {
  await admin.send(new iam.CreateUserCommand({ UserName: name }))
  if (policy !== undefined)
    await admin.send(new iam.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: policy }))
  const { AccessKey } = await admin.send(new iam.CreateAccessKeyCommand({ UserName: name }))
  const credentials: ClientCredentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  return kmsClient(running, credentials)
}

async function newKey(more: kms.CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await root.send(new kms.CreateKeyCommand(more))
  return KeyMetadata?.KeyId ?? ''
}

const statement = (principal: string, action: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: action,
  Resource: '*',
  ...more,
})
const policy = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements })
const encrypt = (client: kms.KMSClient, KeyId: string, EncryptionContext?: Record<string, string>) =>
  client.send(new kms.EncryptCommand({ KeyId, Plaintext: plaintext, EncryptionContext }))

describe('key policies', () => {
  it('leave a key to the account until another is put', async () => {
    const KeyId = await newKey()
    const { Policy } = await root.send(new kms.GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }))
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{ Principal: { AWS: ROOT }, Action: 'kms:*' }] })
    expect((await root.send(new kms.ListKeyPoliciesCommand({ KeyId }))).PolicyNames).toEqual(['default'])
    const [has, hasNot] = [await newUser('has', allow('kms:Encrypt')), await newUser('has-not')]
    await encrypt(has, KeyId)
    await expect(encrypt(hasNot, KeyId)).rejects.toMatchObject(denied)
    const named = policy(
      statement(ROOT, ['kms:PutKeyPolicy', 'kms:GetKeyPolicy']),
      statement(user('has-not'), 'kms:Encrypt'),
    )
    await root.send(new kms.PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: named }))
    await encrypt(hasNot, KeyId)
    await expect(encrypt(has, KeyId)).rejects.toMatchObject(denied)
    await expect(encrypt(root, KeyId)).rejects.toMatchObject(denied)
  })

  it('lock nobody out by mistake, and root has a way back', async () => {
    const keeper = await newUser('keeper', allow('kms:*'))
    const { KeyMetadata } = await keeper.send(new kms.CreateKeyCommand({}))
    const KeyId = KeyMetadata?.KeyId ?? ''
    const without = policy(statement(user('someone'), 'kms:*'))
    const put = (client: kms.KMSClient, BypassPolicyLockoutSafetyCheck: boolean, Policy = without) =>
      client.send(new kms.PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck }))
    await expect(put(keeper, false)).rejects.toMatchObject(malformed)
    await put(keeper, true)
    await expect(put(keeper, false, policy(statement(ROOT, 'kms:*')))).rejects.toMatchObject(denied)
    await expect(encrypt(root, KeyId)).rejects.toMatchObject(denied)
    await put(root, false, policy(statement(ROOT, 'kms:*')))
    await encrypt(root, KeyId)
  })

  it('are given with a new key, refused with their fault, and stay as they are while it waits to be deleted', async () => {
    const Policy = policy(statement(ROOT, 'kms:*'), statement(user('named'), 'kms:Encrypt'))
    const KeyId = await newKey({ Policy })
    await encrypt(await newUser('named'), KeyId)
    const bad = policy({ ...statement(ROOT, 'kms:*'), Condition: { StringEquals: { 'kms:ViaServce': 's3' } } })
    const refused = root.send(new kms.PutKeyPolicyCommand({ KeyId, Policy: bad }))
    await expect(refused).rejects.toMatchObject({
      ...malformed,
      message: expect.stringContaining('Statement[0].Condition.StringEquals.kms:ViaServce'),
    })
    await expect(newKey({ Policy: '{"Version":"2012-10-17"}' })).rejects.toMatchObject(malformed)
    await root.send(new kms.ScheduleKeyDeletionCommand({ KeyId }))
    await expect(root.send(new kms.PutKeyPolicyCommand({ KeyId, Policy }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
    })
  })

  it('decide by the tags of the caller: of the user, or of the role of a session', async () => {
    const KeyId = await newKey()
    const red = { StringEquals: { 'aws:PrincipalTag/team': 'red' } }
    const UserName = 'by-own-tag'
    const client = await newUser(UserName, allow('kms:Encrypt', '*', red))
    await expect(encrypt(client, KeyId)).rejects.toMatchObject(denied)
    await admin.send(new iam.TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'red' }] }))
    await encrypt(client, KeyId)
    const asked = { PolicySourceArn: user(UserName), ActionNames: ['kms:Encrypt'] }
    const { EvaluationResults } = await admin.send(new iam.SimulatePrincipalPolicyCommand(asked))
    expect(EvaluationResults).toMatchObject([{ EvalDecision: 'allowed' }])
    await admin.send(new iam.UntagUserCommand({ UserName, TagKeys: ['team'] }))
    await expect(encrypt(client, KeyId)).rejects.toMatchObject(denied)
    const RoleName = 'by-tag-of-role'
    const trusting = trust({ AWS: ROOT })
    const Tags = [{ Key: 'team', Value: 'red' }]
    const { Role } = await admin.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting, Tags }))
    const PolicyDocument = allow('kms:Encrypt', '*', red)
    await admin.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
    const assumed = await stsClient(running).send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'one' }))
    const session = kmsClient(running, sessionOf(assumed))
    await encrypt(session, KeyId)
    await admin.send(new iam.UntagRoleCommand({ RoleName, TagKeys: ['team'] }))
    await expect(encrypt(session, KeyId)).rejects.toMatchObject(denied)
  })

  it('decide by tags, aliases and the encryption context', async () => {
    const KeyId = await newKey({ Tags: [{ TagKey: 'team', TagValue: 'red' }] })
    const other = await newKey({ Tags: [{ TagKey: 'team', TagValue: 'blue' }] })
    const byTag = await newUser(
      'by-tag',
      allow('kms:Encrypt', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } }),
    )
    await encrypt(byTag, KeyId)
    await expect(encrypt(byTag, other)).rejects.toMatchObject(denied)
    await root.send(new kms.TagResourceCommand({ KeyId: other, Tags: [{ TagKey: 'team', TagValue: 'red' }] }))
    await encrypt(byTag, other)
    await root.send(new kms.CreateAliasCommand({ AliasName: 'alias/shared-1', TargetKeyId: KeyId }))
    const condition = { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/shared-*' } }
    const byAlias = await newUser('by-alias', allow('kms:Encrypt', '*', condition))
    await encrypt(byAlias, KeyId)
    await expect(encrypt(byAlias, other)).rejects.toMatchObject(denied)
    const asNamed = await newUser(
      'as-named',
      allow('kms:Encrypt', '*', { StringEquals: { 'kms:RequestAlias': 'alias/shared-1' } }),
    )
    await encrypt(asNamed, 'alias/shared-1')
    await expect(encrypt(asNamed, KeyId)).rejects.toMatchObject(denied)
    const byContext = await newUser(
      'by-context',
      allow('kms:Encrypt', '*', { StringEquals: { 'kms:EncryptionContext:tenant': '7' } }),
    )
    await encrypt(byContext, KeyId, { tenant: '7', more: 'y' })
    await expect(encrypt(byContext, KeyId, { tenant: '8' })).rejects.toMatchObject(denied)
    await expect(encrypt(byContext, KeyId)).rejects.toMatchObject(denied)
    const tagger = await newUser(
      'tagger',
      allow('kms:CreateKey', '*', { StringEquals: { 'aws:RequestTag/team': 'red' } }),
    )
    const make = (TagValue: string) => tagger.send(new kms.CreateKeyCommand({ Tags: [{ TagKey: 'team', TagValue }] }))
    await make('red')
    await expect(make('blue')).rejects.toMatchObject(denied)
  })
})

describe('grants', () => {
  it('allow what they name, under their encryption context, until they are revoked', async () => {
    const KeyId = await newKey()
    const grantee = await newUser('grantee')
    const created = await root.send(
      new kms.CreateGrantCommand({
        KeyId,
        GranteePrincipal: user('grantee'),
        Operations: ['Encrypt', 'Decrypt'],
        Constraints: { EncryptionContextSubset: { tenant: '7' } },
        Name: 'night shift',
      }),
    )
    const context = { tenant: '7', more: 'y' }
    const sealed = await encrypt(grantee, KeyId, context)
    const open = new kms.DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: context })
    await grantee.send(open)
    await expect(encrypt(grantee, KeyId, { tenant: '8' })).rejects.toMatchObject(denied)
    await expect(grantee.send(new kms.DescribeKeyCommand({ KeyId }))).rejects.toMatchObject(denied)
    const { Grants } = await root.send(new kms.ListGrantsCommand({ KeyId }))
    expect(Grants).toMatchObject([
      {
        GrantId: created.GrantId,
        Name: 'night shift',
        GranteePrincipal: user('grantee'),
        Operations: ['Encrypt', 'Decrypt'],
        Constraints: { EncryptionContextSubset: { tenant: '7' } },
      },
    ])
    await root.send(new kms.RevokeGrantCommand({ KeyId, GrantId: created.GrantId }))
    await expect(grantee.send(open)).rejects.toMatchObject(denied)
    await expect(root.send(new kms.RevokeGrantCommand({ KeyId, GrantId: created.GrantId }))).rejects.toMatchObject({
      name: 'NotFoundException',
    })
  })

  it('hold for exactly one context where they say so', async () => {
    const KeyId = await newKey()
    const exact = await newUser('exact')
    const Constraints = { EncryptionContextEquals: { tenant: '7' } }
    const named = { KeyId, GranteePrincipal: user('exact'), Operations: ['Encrypt' as const] }
    await root.send(new kms.CreateGrantCommand({ ...named, Constraints }))
    await encrypt(exact, KeyId, { tenant: '7' })
    await expect(encrypt(exact, KeyId, { tenant: '7', more: 'y' })).rejects.toMatchObject(denied)
  })

  it('are retired by whom they name, by id and by token, and by nobody else', async () => {
    const KeyId = await newKey()
    const [retirer, stranger] = [await newUser('retirer'), await newUser('stranger', allow('kms:*'))]
    const make = () =>
      root.send(
        new kms.CreateGrantCommand({
          KeyId,
          GranteePrincipal: user('someone'),
          RetiringPrincipal: user('retirer'),
          Operations: ['Encrypt'],
        }),
      )
    const [one, two] = [await make(), await make()]
    const listed = await root.send(new kms.ListRetirableGrantsCommand({ RetiringPrincipal: user('retirer') }))
    expect(listed.Grants?.map(({ GrantId }) => GrantId).sort()).toEqual([one.GrantId, two.GrantId].sort())
    const byId = { KeyId, GrantId: one.GrantId }
    await expect(stranger.send(new kms.RetireGrantCommand(byId))).rejects.toMatchObject(denied)
    await retirer.send(new kms.RetireGrantCommand(byId))
    await retirer.send(new kms.RetireGrantCommand({ GrantToken: two.GrantToken }))
    expect((await root.send(new kms.ListGrantsCommand({ KeyId }))).Grants).toEqual([])
  })

  it('are not made by those who may not, and grant no granting', async () => {
    const KeyId = await newKey()
    const nobody = await newUser('nobody')
    const grant = { KeyId, GranteePrincipal: user('nobody'), Operations: ['Decrypt' as const] }
    await expect(nobody.send(new kms.CreateGrantCommand(grant))).rejects.toMatchObject(denied)
    const granting = root.send(new kms.CreateGrantCommand({ ...grant, Operations: ['CreateGrant'] }))
    await expect(granting).rejects.toMatchObject({ name: 'ValidationException' })
  })
})
