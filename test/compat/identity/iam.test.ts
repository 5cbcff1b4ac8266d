import * as iam from '@aws-sdk/client-iam'
import { DecryptCommand, EncryptCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allow, iamClient, kmsClient, stsClient, trust } from '../support/identity-clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const ACCOUNT = '000000000001'

let running: KmsServer
let client: iam.IAMClient

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  client = iamClient(running)
})
afterAll(async () => {
  client?.destroy()
  await running?.close()
})

/** A user with a policy, and its credentials. */
async function newUser(name: string, policy: string | null) {
  await client.send(new iam.CreateUserCommand({ UserName: name }))
  if (policy !== null)
    await client.send(new iam.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: policy }))
  const { AccessKey } = await client.send(new iam.CreateAccessKeyCommand({ UserName: name }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

describe('@aws-sdk/client-iam', () => {
  it('makes, shows, tags, lists and deletes a user', async () => {
    const made = await client.send(
      new iam.CreateUserCommand({ UserName: 'alice', Path: '/office/', Tags: [{ Key: 'team', Value: '虎&<符>' }] }),
    )
    expect(made.User).toMatchObject({ UserName: 'alice', Path: '/office/', Tags: [{ Key: 'team', Value: '虎&<符>' }] })
    expect(made.User?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:user/office/alice`)
    expect(made.User?.CreateDate).toBeInstanceOf(Date)
    await expect(client.send(new iam.CreateUserCommand({ UserName: 'ALICE' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    })
    await client.send(new iam.TagUserCommand({ UserName: 'alice', Tags: [{ Key: 'level', Value: '2' }] }))
    await client.send(new iam.UntagUserCommand({ UserName: 'alice', TagKeys: ['team'] }))
    const { Tags } = await client.send(new iam.ListUserTagsCommand({ UserName: 'alice' }))
    expect(Tags).toEqual([{ Key: 'level', Value: '2' }])
    const { User } = await client.send(new iam.GetUserCommand({ UserName: 'alice' }))
    expect(User?.UserId).toMatch(/^AIDA[A-Z2-7]{16}$/)
    const { Users } = await client.send(new iam.ListUsersCommand({ PathPrefix: '/office/' }))
    expect(Users?.map(({ UserName }) => UserName)).toEqual(['alice'])
    await client.send(new iam.DeleteUserCommand({ UserName: 'alice' }))
    await expect(client.send(new iam.GetUserCommand({ UserName: 'alice' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
  })

  it('pages through users', async () => {
    for (const name of ['p1', 'p2', 'p3']) await client.send(new iam.CreateUserCommand({ UserName: name, Path: '/p/' }))
    const names: string[] = []
    for await (const { Users } of iam.paginateListUsers({ client, pageSize: 2 }, { PathPrefix: '/p/' }))
      names.push(...(Users ?? []).map(({ UserName = '' }) => UserName))
    expect(names).toEqual(['p1', 'p2', 'p3'])
  })

  it('gives a user two access keys, disables one, says when it was used, deletes it', async () => {
    const credentials = await newUser('bob', allow('kms:ListKeys'))
    await client.send(new iam.CreateAccessKeyCommand({ UserName: 'bob' }))
    await expect(client.send(new iam.CreateAccessKeyCommand({ UserName: 'bob' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    })
    await kmsClient(running, credentials).send(new ListKeysCommand({}))
    await expect
      .poll(
        async () => {
          const command = new iam.GetAccessKeyLastUsedCommand({ AccessKeyId: credentials.accessKeyId })
          return (await client.send(command)).AccessKeyLastUsed?.ServiceName
        },
        { timeout: 30_000 },
      )
      .toBe('kms')
    const named = { UserName: 'bob', AccessKeyId: credentials.accessKeyId }
    await client.send(new iam.UpdateAccessKeyCommand({ ...named, Status: 'Inactive' }))
    await expect(kmsClient(running, credentials).send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    })
    await client.send(new iam.UpdateAccessKeyCommand({ ...named, Status: 'Active' }))
    await kmsClient(running, credentials).send(new ListKeysCommand({}))
    await client.send(new iam.DeleteAccessKeyCommand(named))
    const { AccessKeyMetadata } = await client.send(new iam.ListAccessKeysCommand({ UserName: 'bob' }))
    expect(AccessKeyMetadata).toHaveLength(1)
    await expect(client.send(new iam.DeleteUserCommand({ UserName: 'bob' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    })
  })

  it('lets a user do what its policies allow, and tells who it is', async () => {
    const { KeyMetadata } = await running.kms
      .as({ ...running.root, requestId: 't', sourceIp: 't' })
      .createKey({})
      .then(({ arn }) => ({ KeyMetadata: { Arn: arn } }))
    const credentials = await newUser('carol', allow(['kms:Encrypt', 'kms:Decrypt'], KeyMetadata.Arn))
    const keys = kmsClient(running, credentials)
    const { CiphertextBlob } = await keys.send(
      new EncryptCommand({ KeyId: KeyMetadata.Arn, Plaintext: Buffer.from('x') }),
    )
    const { Plaintext } = await keys.send(new DecryptCommand({ CiphertextBlob }))
    expect(Buffer.from(Plaintext ?? []).toString()).toBe('x')
    await expect(keys.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const identity = await stsClient(running, credentials).send(new GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/carol` })
    const { User } = await client.send(new iam.GetUserCommand({ UserName: 'carol' }))
    expect(identity.UserId).toBe(User?.UserId)
    const own = iamClient(running, credentials).send(new iam.GetUserCommand({}))
    await expect(own).rejects.toMatchObject({ name: 'AccessDenied' })
    await client.send(new iam.DeleteUserPolicyCommand({ UserName: 'carol', PolicyName: 'own' }))
    await expect(keys.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  it('gives groups policies that their users have', async () => {
    const credentials = await newUser('dan', null)
    const keys = kmsClient(running, credentials)
    await client.send(new iam.CreateGroupCommand({ GroupName: 'keepers' }))
    await client.send(
      new iam.PutGroupPolicyCommand({
        GroupName: 'keepers',
        PolicyName: 'list',
        PolicyDocument: allow('kms:ListKeys'),
      }),
    )
    await expect(keys.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await client.send(new iam.AddUserToGroupCommand({ GroupName: 'keepers', UserName: 'dan' }))
    await keys.send(new ListKeysCommand({}))
    const { Groups } = await client.send(new iam.ListGroupsForUserCommand({ UserName: 'dan' }))
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['keepers'])
    const { Group, Users } = await client.send(new iam.GetGroupCommand({ GroupName: 'keepers' }))
    expect([Group?.Arn, Users?.[0]?.UserName]).toEqual([`arn:aws:iam::${ACCOUNT}:group/keepers`, 'dan'])
    expect((await client.send(new iam.ListGroupPoliciesCommand({ GroupName: 'keepers' }))).PolicyNames).toEqual([
      'list',
    ])
    const inline = await client.send(new iam.GetGroupPolicyCommand({ GroupName: 'keepers', PolicyName: 'list' }))
    expect(decodeURIComponent(inline.PolicyDocument ?? '')).toBe(allow('kms:ListKeys'))
    await expect(client.send(new iam.DeleteGroupCommand({ GroupName: 'keepers' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    })
    await client.send(new iam.RemoveUserFromGroupCommand({ GroupName: 'keepers', UserName: 'dan' }))
    await expect(keys.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await client.send(new iam.DeleteGroupPolicyCommand({ GroupName: 'keepers', PolicyName: 'list' }))
    await client.send(new iam.DeleteGroupCommand({ GroupName: 'keepers' }))
    expect((await client.send(new iam.ListGroupsCommand({}))).Groups).toEqual([])
  })

  it('keeps managed policies with versions', async () => {
    const credentials = await newUser('erin', null)
    const keys = kmsClient(running, credentials)
    const { Policy } = await client.send(
      new iam.CreatePolicyCommand({ PolicyName: 'lister', PolicyDocument: allow('kms:ListKeys'), Description: 'd' }),
    )
    const PolicyArn = Policy?.Arn ?? ''
    await client.send(new iam.AttachUserPolicyCommand({ UserName: 'erin', PolicyArn }))
    await keys.send(new ListKeysCommand({}))
    const { PolicyVersion } = await client.send(
      new iam.CreatePolicyVersionCommand({
        PolicyArn,
        PolicyDocument: allow('kms:DescribeKey'),
        SetAsDefault: true,
      }),
    )
    expect(PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true })
    await expect(keys.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await client.send(new iam.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
    await keys.send(new ListKeysCommand({}))
    const { Versions } = await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn }))
    expect(Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])).toEqual([
      ['v2', false],
      ['v1', true],
    ])
    const version = await client.send(new iam.GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? '')).toBe(allow('kms:DescribeKey'))
    expect((await client.send(new iam.GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
      AttachmentCount: 1,
      DefaultVersionId: 'v1',
      Description: 'd',
    })
    const entities = await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn }))
    expect(entities.PolicyUsers?.map(({ UserName }) => UserName)).toEqual(['erin'])
    const attached = await client.send(new iam.ListAttachedUserPoliciesCommand({ UserName: 'erin' }))
    expect(attached.AttachedPolicies).toEqual([{ PolicyName: 'lister', PolicyArn }])
    const listed = await client.send(new iam.ListPoliciesCommand({ Scope: 'Local' }))
    expect(listed.Policies?.map(({ PolicyName }) => PolicyName)).toEqual(['lister'])
    await expect(client.send(new iam.DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    })
    await client.send(new iam.DetachUserPolicyCommand({ UserName: 'erin', PolicyArn }))
    await client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))
    await client.send(new iam.DeletePolicyCommand({ PolicyArn }))
    await expect(client.send(new iam.GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
  })

  it('has stock policies, which nobody changes', async () => {
    const { Policies } = await client.send(new iam.ListPoliciesCommand({ Scope: 'AWS' }))
    expect(Policies?.map(({ PolicyName }) => PolicyName)).toContain('HufuKeyUser')
    const PolicyArn = 'arn:aws:iam::aws:policy/HufuReadOnly'
    const credentials = await newUser('fay', null)
    await client.send(new iam.AttachUserPolicyCommand({ UserName: 'fay', PolicyArn }))
    await kmsClient(running, credentials).send(new ListKeysCommand({}))
    await expect(client.send(new iam.DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    })
  })

  it('keeps roles', async () => {
    const document = trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })
    const { Role } = await client.send(
      new iam.CreateRoleCommand({ RoleName: 'night', AssumeRolePolicyDocument: document, Description: 'n' }),
    )
    expect(Role).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:role/night`, MaxSessionDuration: 3600 })
    const other = trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/carol` })
    await client.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName: 'night', PolicyDocument: other }))
    await client.send(new iam.UpdateRoleCommand({ RoleName: 'night', MaxSessionDuration: 7200 }))
    const got = await client.send(new iam.GetRoleCommand({ RoleName: 'night' }))
    expect(decodeURIComponent(got.Role?.AssumeRolePolicyDocument ?? '')).toBe(other)
    expect(got.Role?.MaxSessionDuration).toBe(7200)
    const PolicyArn = 'arn:aws:iam::aws:policy/HufuKeyUser'
    await client.send(new iam.AttachRolePolicyCommand({ RoleName: 'night', PolicyArn }))
    const policy = { RoleName: 'night', PolicyName: 'p' }
    await client.send(new iam.PutRolePolicyCommand({ ...policy, PolicyDocument: allow('kms:ListKeys') }))
    expect((await client.send(new iam.ListRolePoliciesCommand({ RoleName: 'night' }))).PolicyNames).toEqual(['p'])
    expect((await client.send(new iam.GetRolePolicyCommand(policy))).PolicyName).toBe('p')
    const attached = await client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName: 'night' }))
    expect(attached.AttachedPolicies?.[0]?.PolicyName).toBe('HufuKeyUser')
    await client.send(new iam.DeleteRolePolicyCommand(policy))
    await client.send(new iam.DetachRolePolicyCommand({ RoleName: 'night', PolicyArn }))
    expect((await client.send(new iam.ListRolesCommand({}))).Roles).toHaveLength(1)
    await client.send(new iam.DeleteRoleCommand({ RoleName: 'night' }))
  })

  it('refuses a malformed policy with the path of its fault', async () => {
    const bad = allow('kms:Decrypt').replace('"Allow"', '"Alow"')
    const refused = client.send(new iam.CreatePolicyCommand({ PolicyName: 'bad', PolicyDocument: bad }))
    await expect(refused).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      message: expect.stringContaining('Statement[0].Effect'),
    })
  })

  it('simulates, and says by which statement and why', async () => {
    await newUser(
      'gil',
      allow('kms:Decrypt', 'arn:aws:kms:*:*:key/*', { StringEquals: { 'kms:EncryptionContext:a': '1' } }),
    )
    const ask = async (value: string) => {
      const { EvaluationResults } = await client.send(
        new iam.SimulatePrincipalPolicyCommand({
          PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/gil`,
          ActionNames: ['kms:Decrypt'],
          ResourceArns: ['arn:aws:kms:local-1:000000000001:key/00000000-0000-4000-8000-000000000000'],
          ContextEntries: [
            { ContextKeyName: 'kms:EncryptionContext:a', ContextKeyValues: [value], ContextKeyType: 'string' },
          ],
        }),
      )
      return EvaluationResults?.[0]
    }
    const allowed = await ask('1')
    expect(allowed?.EvalDecision).toBe('allowed')
    expect(allowed?.MatchedStatements?.[0]?.SourcePolicyId).toBe(`arn:aws:iam::${ACCOUNT}:user/gil own`)
    expect(allowed?.EvalDecisionDetails).toMatchObject({
      reason: 'allowed by an identity policy',
      statement: `arn:aws:iam::${ACCOUNT}:user/gil own Statement[0]`,
    })
    expect(await ask('2')).toMatchObject({ EvalDecision: 'implicitDeny', MatchedStatements: [] })
    const { EvaluationResults } = await client.send(
      new iam.SimulateCustomPolicyCommand({
        PolicyInputList: [allow('*'), allow('kms:Decrypt').replace('"Allow"', '"Deny"')],
        ActionNames: ['kms:Decrypt', 'kms:Encrypt'],
      }),
    )
    expect(EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual(['explicitDeny', 'allowed'])
  })
})
