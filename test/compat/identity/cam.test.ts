import { CreateVirtualMFADeviceCommand, EnableMFADeviceCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { CreateKeyCommand, EncryptCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms'
import { cam } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cam/index.js'
import { kms } from 'tencentcloud-sdk-nodejs/tencentcloud/services/kms/index.js'
import { sts } from 'tencentcloud-sdk-nodejs/tencentcloud/services/sts/index.js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { allow, iamClient, kmsClient } from '../support/identity-clients.ts'
import { backends, type KmsServer, REGION, startKms } from '../support/kms-server.ts'
import { paced } from '../support/paced.ts'
import { seedOf, totpCode } from '../support/second-factor.ts'

type Cam = InstanceType<typeof cam.v20190116.Client>

interface Keys {
  readonly secretId: string
  readonly secretKey: string
  readonly token?: string
}

let running: KmsServer
let client: Cam

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  client = paced(new cam.v20190116.Client(options()))
})
afterEach(() => {
  running.standstill = null
})
afterAll(() => running?.close())

const rootKeys = (): Keys => ({ secretId: running.root.accessKeyId, secretKey: running.root.secretAccessKey })

const options = (credential: Keys = rootKeys()) => ({
  credential,
  region: REGION,
  profile: {
    httpProfile: { protocol: 'http://' as const, endpoint: running.server.url.slice('http://'.length) },
  },
})

const kmsOf = (keys?: Keys) => paced(new kms.v20190118.Client(options(keys)))
const stsOf = (keys?: Keys) => paced(new sts.v20180813.Client(options(keys)))

const document = (action: string | string[], more: object = {}): string =>
  JSON.stringify({ version: '2.0', statement: [{ effect: 'allow', action, resource: '*', ...more }] })

async function newUser(Name: string): Promise<{ readonly Uin: number; readonly keys: Keys }> {
  const { Uin = 0, SecretId = '', SecretKey = '' } = await client.AddUser({ Name, UseApi: 1 })
  return { Uin, keys: { secretId: SecretId, secretKey: SecretKey } }
}

const sessionOf = ({
  Credentials,
}: {
  Credentials?: { Token?: string; TmpSecretId?: string; TmpSecretKey?: string }
}): Keys => ({
  secretId: Credentials?.TmpSecretId ?? '',
  secretKey: Credentials?.TmpSecretKey ?? '',
  token: Credentials?.Token ?? '',
})

const denied = { code: 'UnauthorizedOperation' }

describe('CAM', () => {
  it('makes, shows, changes and deletes users', async () => {
    const { Uin = 0 } = await client.AddUser({ Name: 'zhang', Remark: '夜班' })
    expect(await client.GetUser({ Name: 'zhang' })).toMatchObject({ Uin, Name: 'zhang', Remark: '夜班' })
    await client.UpdateUser({ Name: 'zhang', Remark: 'day' })
    const { Data } = await client.ListUsers()
    expect(Data).toMatchObject([{ Name: 'zhang', Uin, Remark: 'day' }])
    await expect(client.AddUser({ Name: 'zhang' })).rejects.toMatchObject({ code: 'ResourceInUse' })
    const { AccessKey } = await client.CreateAccessKey({ TargetUin: Uin })
    const AccessKeyId = AccessKey?.AccessKeyId ?? ''
    await client.UpdateAccessKey({ TargetUin: Uin, AccessKeyId, Status: 'Inactive' })
    const { AccessKeys } = await client.ListAccessKeys({ TargetUin: Uin })
    expect(AccessKeys).toMatchObject([{ AccessKeyId, Status: 'Inactive' }])
    await client.DeleteAccessKey({ TargetUin: Uin, AccessKeyId })
    await client.CreateAccessKey({ TargetUin: Uin })
    await expect(client.DeleteUser({ Name: 'zhang' })).rejects.toMatchObject({ code: 'OperationDenied' })
    await client.DeleteUser({ Name: 'zhang', Force: 1 })
    await expect(client.GetUser({ Name: 'zhang' })).rejects.toMatchObject({ code: 'ResourceNotFound' })
  })

  it('attaches policies to users, in its own syntax, and keeps their versions', async () => {
    const { Uin, keys } = await newUser('li')
    await expect(kmsOf(keys).ListKeys({})).rejects.toMatchObject(denied)
    const { PolicyId = 0 } = await client.CreatePolicy({
      PolicyName: 'list',
      PolicyDocument: document('name/kms:ListKeys'),
      Description: 'd',
    })
    await client.AttachUserPolicy({ PolicyId, AttachUin: Uin })
    await kmsOf(keys).ListKeys({})
    expect(await client.GetPolicy({ PolicyId })).toMatchObject({ PolicyName: 'list', Description: 'd', Type: 1 })
    const { List } = await client.ListAttachedUserPolicies({ TargetUin: Uin })
    expect(List).toMatchObject([{ PolicyId, PolicyName: 'list' }])
    await client.UpdatePolicy({ PolicyId, PolicyDocument: document('name/kms:Encrypt') })
    await expect(kmsOf(keys).ListKeys({})).rejects.toMatchObject(denied)
    const { Versions: own } = await client.ListPolicyVersions({ PolicyId })
    expect(own).toMatchObject([{ VersionId: 1, IsDefaultVersion: 1 }])
    expect(await client.UpdatePolicy({ PolicyName: 'list', Description: 'e' })).toMatchObject({ PolicyId })
    expect(await client.GetPolicy({ PolicyId })).toMatchObject({
      PolicyDocument: document('name/kms:Encrypt'),
      Description: 'e',
    })
    await expect(client.UpdatePolicy({ PolicyName: 'none' })).rejects.toMatchObject({ code: 'ResourceNotFound' })
    await expect(client.UpdatePolicy({ Description: 'f' })).rejects.toThrow('expected PolicyId or PolicyName')
    await client.UpdatePolicy({ PolicyId, PolicyDocument: document('name/kms:ListKeys') })
    await client.CreatePolicyVersion({ PolicyId, PolicyDocument: document('name/kms:DescribeKey'), SetAsDefault: true })
    await expect(kmsOf(keys).ListKeys({})).rejects.toMatchObject(denied)
    await client.SetDefaultPolicyVersion({ PolicyId, VersionId: 1 })
    await kmsOf(keys).ListKeys({})
    const { Versions } = await client.ListPolicyVersions({ PolicyId })
    expect(Versions).toMatchObject([
      { VersionId: 2, IsDefaultVersion: 0 },
      { VersionId: 1, IsDefaultVersion: 1 },
    ])
    const version = await client.GetPolicyVersion({ PolicyId, VersionId: 2 })
    expect(version.PolicyVersion?.Document).toBe(document('name/kms:DescribeKey'))
    await client.DeletePolicyVersion({ PolicyId, VersionId: [2] })
    await client.CreatePolicyVersion({ PolicyId, PolicyDocument: document('name/kms:*'), SetAsDefault: false })
    const entities = await client.ListEntitiesForPolicy({ PolicyId })
    expect(entities.List).toMatchObject([{ Name: 'li', Uin, RelatedType: 1 }])
    const listed = await client.ListPolicies({ Scope: 'Local' })
    expect(listed.List).toMatchObject([{ PolicyId, PolicyName: 'list' }])
    await expect(client.DeletePolicy({ PolicyId: [PolicyId] })).rejects.toMatchObject({ code: 'OperationDenied' })
    await client.DetachUserPolicy({ PolicyId, DetachUin: Uin })
    await expect(kmsOf(keys).ListKeys({})).rejects.toMatchObject(denied)
    await client.DeletePolicyVersion({ PolicyId, VersionId: [3] })
    await client.DeletePolicy({ PolicyId: [PolicyId] })
    const bad = client.CreatePolicy({
      PolicyName: 'bad',
      PolicyDocument: document('name/kms:*').replace('allow', 'alow'),
    })
    await expect(bad).rejects.toMatchObject({ code: 'InvalidParameter.PolicyDocumentError' })
    await expect(bad).rejects.toThrow(/statement\[0\]\.effect/)
  })

  it('gives groups policies that their users have', async () => {
    const { Uin, keys } = await newUser('wang')
    const { GroupId = 0 } = await client.CreateGroup({ GroupName: 'shift', Remark: 'r' })
    const { PolicyId = 0 } = await client.CreatePolicy({ PolicyName: 'g', PolicyDocument: document('kms:ListKeys') })
    await client.AttachGroupPolicy({ PolicyId, AttachGroupId: GroupId })
    await client.AddUserToGroup({ Info: [{ GroupId, Uin }] })
    await kmsOf(keys).ListKeys({})
    expect(await client.GetGroup({ GroupId })).toMatchObject({ GroupName: 'shift', GroupNum: 1, Remark: 'r' })
    expect((await client.ListGroups({})).GroupInfo).toMatchObject([{ GroupId }])
    expect((await client.ListUsersForGroup({ GroupId })).UserInfo).toMatchObject([{ Name: 'wang' }])
    expect((await client.ListGroupsForUser({ SubUin: Uin })).GroupInfo).toMatchObject([{ GroupId }])
    expect((await client.ListAttachedGroupPolicies({ TargetGroupId: GroupId })).List).toMatchObject([{ PolicyId }])
    await client.RemoveUserFromGroup({ Info: [{ GroupId, Uin }] })
    await expect(kmsOf(keys).ListKeys({})).rejects.toMatchObject(denied)
    await client.DetachGroupPolicy({ PolicyId, DetachGroupId: GroupId })
    await client.DeleteGroup({ GroupId })
  })

  it('has administrators by its own action names', async () => {
    const { Uin, keys } = await newUser('admin')
    const { PolicyId = 0 } = await client.CreatePolicy({
      PolicyName: 'cam-admin',
      PolicyDocument: document(['name/cam:AddUser', 'name/cam:ListUsers']),
    })
    await client.AttachUserPolicy({ PolicyId, AttachUin: Uin })
    const own = new cam.v20190116.Client(options(keys))
    await own.AddUser({ Name: 'made-by-admin' })
    await own.ListUsers()
    await expect(own.DeleteUser({ Name: 'made-by-admin' })).rejects.toMatchObject(denied)
    await expect(own.AttachUserPolicy({ PolicyId: 1, AttachUin: Uin })).rejects.toMatchObject(denied)
    const half = client.CreatePolicy({ PolicyName: 'half', PolicyDocument: document('name/cam:Add*') })
    await expect(half).rejects.toMatchObject({ code: 'InvalidParameter.PolicyDocumentError' })
  })

  it('refuses what it has not, and says why', async () => {
    const refused = client.CreateSAMLProvider({ Name: 'x', Description: 'x', SAMLMetadataDocument: 'x' })
    await expect(refused).rejects.toMatchObject({ code: 'UnsupportedOperation' })
    const password = client.AddUser({ Name: 'x', ConsoleLogin: 1 })
    await expect(password).rejects.toMatchObject({ code: 'UnsupportedOperation' })
  })
})

describe('roles and STS', () => {
  it('assumes a role that names a user by its uin', async () => {
    const { Uin, keys } = await newUser('zhao')
    const other = await newUser('other')
    const trusting = JSON.stringify({
      version: '2.0',
      statement: [
        { effect: 'allow', action: 'name/sts:AssumeRole', principal: { qcs: [`qcs::cam::uin/1:uin/${Uin}`] } },
      ],
    })
    const { RoleId = '' } = await client.CreateRole({ RoleName: 'lister', PolicyDocument: trusting, Description: 'd' })
    const { PolicyId = 0 } = await client.CreatePolicy({ PolicyName: 'r', PolicyDocument: document('kms:List*') })
    await client.AttachRolePolicy({ PolicyId, AttachRoleId: RoleId })
    const { RoleInfo } = await client.GetRole({ RoleName: 'lister' })
    expect(RoleInfo).toMatchObject({ RoleId, PolicyDocument: trusting, RoleArn: 'qcs::cam::uin/1:roleName/lister' })
    const RoleArn = RoleInfo?.RoleArn ?? ''
    const assume = (who: Keys, more: object = {}) =>
      stsOf(who).AssumeRole({ RoleArn, RoleSessionName: 'night', DurationSeconds: 900, ...more })
    const session = sessionOf(await assume(keys))
    await kmsOf(session).ListKeys({})
    const { token: _, ...bare } = session
    await expect(kmsOf(bare).ListKeys({})).rejects.toMatchObject({ code: 'AuthFailure.TokenFailure' })
    await expect(kmsOf(session).GenerateRandom({ NumberOfBytes: 8 })).rejects.toMatchObject(denied)
    expect(await stsOf(session).GetCallerIdentity()).toMatchObject({ Type: 'CAMRole', AccountId: '000000000001' })
    await expect(assume(other.keys)).rejects.toMatchObject(denied)
    const Policy = document('kms:ListKeyDetail')
    const narrowed = sessionOf(await assume(keys, { Policy: encodeURIComponent(Policy) }))
    await expect(kmsOf(narrowed).ListKeys({})).rejects.toMatchObject(denied)
    expect((await client.DescribeRoleList({ Page: 1, Rp: 20 })).List).toMatchObject([{ RoleName: 'lister' }])
    expect((await client.ListAttachedRolePolicies({ Page: 1, Rp: 20, RoleId })).List).toMatchObject([{ PolicyId }])
    await client.UpdateRoleDescription({ RoleId, Description: 'e' })
    await client.UpdateAssumeRolePolicy({ RoleId, PolicyDocument: trusting.replace(String(Uin), String(other.Uin)) })
    await assume(other.keys)
    await expect(assume(keys)).rejects.toMatchObject(denied)
    await client.DetachRolePolicy({ PolicyId, DetachRoleName: 'lister' })
    await client.DeleteRole({ RoleName: 'lister' })
    await expect(kmsOf(session).ListKeys({})).rejects.toMatchObject(denied)
  })

  it('a key policy that names its caller by uin locks nobody out', async () => {
    const { Uin, keys } = await newUser('keeper')
    const admin = iamClient(running)
    const own = { UserName: 'keeper', PolicyName: 'own', PolicyDocument: allow('kms:*') }
    await admin.send(new PutUserPolicyCommand(own))
    const keeper = kmsClient(running, { accessKeyId: keys.secretId, secretAccessKey: keys.secretKey })
    const KeyId = (await keeper.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? ''
    const named = (uin: number) =>
      JSON.stringify({
        version: '2.0',
        statement: [
          {
            effect: 'allow',
            action: 'name/kms:*',
            resource: '*',
            principal: { qcs: [`qcs::cam::uin/1:uin/${uin}`] },
          },
        ],
      })
    const put = (Policy: string) => keeper.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy }))
    await expect(put(named(Uin + 1))).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' })
    await put(named(Uin))
    await keeper.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))
    admin.destroy()
    keeper.destroy()
  })

  it('takes a second factor by the kind of the device', async () => {
    const admin = iamClient(running)
    const { keys } = await newUser('factor')
    const made = await admin.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'factor' }))
    const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? ''
    const seed = seedOf(Buffer.from(made.VirtualMFADevice?.Base32StringSeed ?? []).toString())
    // The clock of the service stands still, so that each code is good for as long as the test needs.
    const now = Date.now()
    running.standstill = now
    const codeAt = (later: number) => totpCode(seed, Math.floor(now / 30_000) + later)
    const codes = { AuthenticationCode1: codeAt(0), AuthenticationCode2: codeAt(1) }
    await admin.send(new EnableMFADeviceCommand({ UserName: 'factor', SerialNumber, ...codes }))
    const PolicyDocument = allow('kms:ListKeys', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })
    await admin.send(new PutUserPolicyCommand({ UserName: 'factor', PolicyName: 'own', PolicyDocument }))
    await expect(kmsOf(keys).ListKeys({})).rejects.toMatchObject(denied)
    const session = (SerialNumber: string, TokenCode: string) =>
      stsOf(keys).GetSessionToken({ SerialNumber, TokenCode, DurationSeconds: 900 })
    const device = 'qcs::cam:uin/1::mfa/softToken'
    const used = { code: 'AuthFailure.MfaFailure' }
    await expect(session(device, codeAt(1))).rejects.toMatchObject(used)
    running.standstill = now + 60_000
    await expect(session('qcs::cam:uin/2::mfa/softToken', codeAt(2))).rejects.toMatchObject(used)
    await kmsOf(sessionOf(await session(device, codeAt(2)))).ListKeys({})
    const good = [1, 2, 3].map(codeAt)
    const wrong = Array.from({ length: 8 }, (_, digit) => String(digit).repeat(6)).filter(
      (code) => !good.includes(code),
    )
    for (const code of wrong.slice(0, 5)) await expect(session(device, code)).rejects.toMatchObject(used)
    running.standstill = now + 90_000
    await expect(session(device, codeAt(3))).rejects.toMatchObject(used)
    running.standstill = now + 150_000
    await session(SerialNumber, codeAt(4))
    running.standstill = null
    admin.destroy()
  })

  it('gives federation tokens, narrowed', async () => {
    const answer = await stsOf().GetFederationToken({
      Name: 'guest',
      Policy: encodeURIComponent(document('kms:ListKeys')),
      DurationSeconds: 600,
    })
    const { TmpSecretId = '', TmpSecretKey = '', Token = '' } = answer.Credentials ?? {}
    const guest = { secretId: TmpSecretId, secretKey: TmpSecretKey, token: Token }
    await kmsOf(guest).ListKeys({})
    await expect(kmsOf(guest).GenerateRandom({ NumberOfBytes: 8 })).rejects.toMatchObject(denied)
  })

  it('refuses a web identity token of nobody', async () => {
    const refused = stsOf().AssumeRoleWithWebIdentity({
      ProviderId: 'issuer.example',
      WebIdentityToken: 'a.b.c',
      RoleArn: 'qcs::cam::uin/1:roleName/none',
      RoleSessionName: 'night',
    })
    await expect(refused).rejects.toMatchObject({ code: 'InvalidParameter.WebIdentityTokenError' })
  })
})
