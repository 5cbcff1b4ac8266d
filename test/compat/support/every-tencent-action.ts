import {
  CreateOpenIDConnectProviderCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
} from '@aws-sdk/client-iam'
import { cam } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cam/index.js'
import { sts } from 'tencentcloud-sdk-nodejs/tencentcloud/services/sts/index.js'
import { iamClient } from './identity-clients.ts'
import { type KmsServer, REGION } from './kms-server.ts'
import { paced } from './paced.ts'
import { seedOf, totpCode } from './second-factor.ts'
import type { TokenIssuer } from './token-issuer.ts'

type Cam = InstanceType<typeof cam.v20190116.Client>
type Sts = InstanceType<typeof sts.v20180813.Client>

interface Keys {
  readonly secretId: string
  readonly secretKey: string
}

/** A client whose answered calls are noted, as `VERSION ACTION`. */
const noting = <T extends object>(client: T, version: string, answered: Set<string>): T =>
  new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...inputs: unknown[]) => {
        const answer = await method.apply(target, inputs)
        answered.add(`${version} ${String(name)}`)
        return answer
      }
    },
  })

const document = (action: string, more: object = { resource: '*' }): string =>
  JSON.stringify({ version: '2.0', statement: [{ effect: 'allow', action, ...more }] })

const trust = (principal: string, action = 'name/sts:AssumeRole'): string =>
  document(action, { principal: { qcs: [principal] } })

/**
 * Asks for every action of CAM and STS on a fresh service, by Tencent's own client, while the service's
 * clock stands still, and takes away what it made. Returns
 * which were answered; whatever is refused is thrown.
 */
export async function askEveryTencentAction(running: KmsServer, issuer: TokenIssuer): Promise<ReadonlySet<string>> {
  const answered = new Set<string>()
  const options = (credential: Keys) => ({
    credential,
    region: REGION,
    profile: { httpProfile: { protocol: 'http://' as const, endpoint: new URL(running.server.url).host } },
  })
  const root = { secretId: running.root.accessKeyId, secretKey: running.root.secretAccessKey }
  const client = noting(paced(new cam.v20190116.Client(options(root))), '2019-01-16', answered)
  const stsOf = (keys: Keys) => noting(paced(new sts.v20180813.Client(options(keys))), '2018-08-13', answered)
  const { Uin = 0, keys } = await users(client)
  const GroupId = await groups(client, Uin)
  const PolicyId = await policies(client)
  await attachments(client, { PolicyId, Uin, GroupId })
  await roles(client, { PolicyId, Uin })
  await sessions(stsOf(keys), await secondFactor(running))
  await webIdentity(running, issuer, client, stsOf(keys))
  await client.DetachGroupPolicy({ PolicyId, DetachGroupId: GroupId })
  await client.DeletePolicy({ PolicyId: [PolicyId] })
  await client.RemoveUserFromGroup({ Info: [{ GroupId, Uin }] })
  await client.DeleteGroup({ GroupId })
  await client.DeleteUser({ Name: 'una', Force: 1 })
  return answered
}

async function users(client: Cam) {
  const { Uin = 0, SecretId = '', SecretKey = '' } = await client.AddUser({ Name: 'una', Remark: 'r', UseApi: 1 })
  await client.UpdateUser({ Name: 'una', Remark: 's' })
  await client.GetUser({ Name: 'una' })
  await client.ListUsers()
  const { AccessKey } = await client.CreateAccessKey({ TargetUin: Uin })
  const spare = { TargetUin: Uin, AccessKeyId: AccessKey?.AccessKeyId ?? '' }
  await client.UpdateAccessKey({ ...spare, Status: 'Inactive' })
  await client.ListAccessKeys({ TargetUin: Uin })
  await client.GetSecurityLastUsed({ SecretIdList: [spare.AccessKeyId] })
  await client.DeleteAccessKey(spare)
  return { Uin, keys: { secretId: SecretId, secretKey: SecretKey } }
}

async function groups(client: Cam, Uin: number): Promise<number> {
  const { GroupId = 0 } = await client.CreateGroup({ GroupName: 'gang' })
  await client.AddUserToGroup({ Info: [{ GroupId, Uin }] })
  await client.GetGroup({ GroupId })
  await client.ListGroups({})
  await client.ListUsersForGroup({ GroupId })
  await client.ListGroupsForUser({ SubUin: Uin })
  return GroupId
}

async function policies(client: Cam): Promise<number> {
  const { PolicyId = 0 } = await client.CreatePolicy({ PolicyName: 'page', PolicyDocument: document('name/sts:*') })
  await client.CreatePolicyVersion({ PolicyId, PolicyDocument: document('name/kms:*'), SetAsDefault: false })
  await client.SetDefaultPolicyVersion({ PolicyId, VersionId: 2 })
  await client.DeletePolicyVersion({ PolicyId, VersionId: [1] })
  await client.UpdatePolicy({ PolicyId, PolicyDocument: document('name/sts:*') })
  await client.GetPolicy({ PolicyId })
  await client.GetPolicyVersion({ PolicyId, VersionId: 2 })
  await client.ListPolicyVersions({ PolicyId })
  await client.ListPolicies({})
  return PolicyId
}

async function attachments(client: Cam, { PolicyId, Uin, GroupId }: Record<'PolicyId' | 'Uin' | 'GroupId', number>) {
  await client.AttachUserPolicy({ PolicyId, AttachUin: Uin })
  await client.AttachGroupPolicy({ PolicyId, AttachGroupId: GroupId })
  await client.ListAttachedUserPolicies({ TargetUin: Uin })
  await client.ListAttachedGroupPolicies({ TargetGroupId: GroupId })
  await client.ListEntitiesForPolicy({ PolicyId })
  await client.DetachUserPolicy({ PolicyId, DetachUin: Uin })
}

/** Leaves the role `reed`, which the user may assume by the policy of its group. */
async function roles(client: Cam, { PolicyId, Uin }: Record<'PolicyId' | 'Uin', number>) {
  const trusting = trust(`qcs::cam::uin/1:uin/${Uin}`)
  const { RoleId = '' } = await client.CreateRole({ RoleName: 'reed', PolicyDocument: trusting })
  await client.GetRole({ RoleId })
  await client.DescribeRoleList({ Page: 1, Rp: 20 })
  await client.UpdateRoleDescription({ RoleId, Description: 'd' })
  await client.TagRole({ RoleId, Tags: [{ Key: 'team', Value: 'a' }] })
  await client.UntagRole({ RoleId, TagKeys: ['team'] })
  await client.UpdateAssumeRolePolicy({ RoleId, PolicyDocument: trusting })
  await client.AttachRolePolicy({ PolicyId, AttachRoleId: RoleId })
  await client.ListAttachedRolePolicies({ Page: 1, Rp: 20, RoleId })
  await client.DetachRolePolicy({ PolicyId, DetachRoleId: RoleId })
}

/** A second factor of the user: its serial number, and its next code while the service's clock stands still. */
async function secondFactor(running: KmsServer) {
  const admin = iamClient(running)
  const { VirtualMFADevice } = await admin.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'una' }))
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? ''
  const seed = seedOf(Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString())
  const step = Math.floor((running.standstill ?? 0) / 30_000)
  const codes = { AuthenticationCode1: totpCode(seed, step - 1), AuthenticationCode2: totpCode(seed, step) }
  await admin.send(new EnableMFADeviceCommand({ UserName: 'una', SerialNumber, ...codes }))
  admin.destroy()
  return { SerialNumber, TokenCode: totpCode(seed, step + 1) }
}

async function sessions(client: Sts, factor: Awaited<ReturnType<typeof secondFactor>>) {
  await client.GetCallerIdentity()
  await client.AssumeRole({ RoleArn: 'qcs::cam::uin/1:roleName/reed', RoleSessionName: 'night' })
  await client.GetSessionToken(factor)
  await client.GetFederationToken({ Name: 'guest', Policy: encodeURIComponent(document('kms:ListKeys')) })
}

async function webIdentity(running: KmsServer, issuer: TokenIssuer, client: Cam, stsClient: Sts) {
  const admin = iamClient(running)
  await admin.send(new CreateOpenIDConnectProviderCommand({ Url: issuer.url, ClientIDList: ['hufu'] }))
  admin.destroy()
  const ProviderId = new URL(issuer.url).host
  const federated = document('name/sts:AssumeRoleWithWebIdentity', {
    principal: { federated: [`qcs::cam::uin/1:oidc-provider/${ProviderId}`] },
  })
  await client.CreateRole({ RoleName: 'robot', PolicyDocument: federated })
  await stsClient.AssumeRoleWithWebIdentity({
    ProviderId,
    WebIdentityToken: await issuer.token(),
    RoleArn: 'qcs::cam::uin/1:roleName/robot',
    RoleSessionName: 'build',
  })
  for (const RoleName of ['reed', 'robot']) await client.DeleteRole({ RoleName })
}
