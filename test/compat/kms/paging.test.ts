import * as iam from '@aws-sdk/client-iam'
import * as kms from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { iamClient } from '../support/identity-clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

let running: KmsServer
let client: kms.KMSClient
let identities: iam.IAMClient
let KeyId: string

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  client = awsClient(running)
  identities = iamClient(running)
  KeyId = await newKey()
})
afterAll(async () => {
  client?.destroy()
  identities?.destroy()
  await running?.close()
})

const newKey = async () => (await client.send(new kms.CreateKeyCommand({}))).KeyMetadata?.KeyId ?? ''
const arn = (name: string) => `arn:aws:iam::000000000001:user/${name}`
const allowed = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
})

const trusted = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: arn('a') }, Action: 'sts:AssumeRole' }],
})

/** A list that clients read page by page, and how its rows come and go. */
interface Listed {
  add(name: string): Promise<unknown>
  remove(name: string): Promise<unknown>
  /** One page of at most two rows: the names of its rows, and the marker of the next. */
  page(marker?: string): Promise<{ readonly names: readonly string[]; readonly next: string | undefined }>
}

const retiring = arn('retirer')
const grants = new Map<string, string>()
const grant = async (Name: string, on: string, RetiringPrincipal?: string) => {
  const input = { Name, KeyId: on, GranteePrincipal: arn('a'), RetiringPrincipal }
  const made = await client.send(new kms.CreateGrantCommand({ ...input, Operations: ['Encrypt'] }))
  grants.set(Name, made.GrantId ?? '')
}
const revoke = (Name: string, on: string) =>
  client.send(new kms.RevokeGrantCommand({ KeyId: on, GrantId: grants.get(Name) ?? '' }))
const namesOf = (found: readonly kms.GrantListEntry[] = []) => found.map(({ Name = '' }) => Name)

const keysOfGrants = new Map<string, string>()

const lists: Readonly<Record<string, Listed>> = {
  ListGrants: {
    add: (name) => grant(name, KeyId),
    remove: (name) => revoke(name, KeyId),
    async page(Marker) {
      const { Grants, NextMarker } = await client.send(new kms.ListGrantsCommand({ KeyId, Limit: 2, Marker }))
      return { names: namesOf(Grants), next: NextMarker }
    },
  },
  ListRetirableGrants: {
    async add(name) {
      keysOfGrants.set(name, await newKey())
      await grant(name, keysOfGrants.get(name) ?? '', retiring)
    },
    remove: (name) => revoke(name, keysOfGrants.get(name) ?? ''),
    async page(Marker) {
      const input = { RetiringPrincipal: retiring, Limit: 2, Marker }
      const { Grants, NextMarker } = await client.send(new kms.ListRetirableGrantsCommand(input))
      return { names: namesOf(Grants), next: NextMarker }
    },
  },
  ListResourceTags: {
    add: (TagKey) => client.send(new kms.TagResourceCommand({ KeyId, Tags: [{ TagKey, TagValue: '' }] })),
    remove: (TagKey) => client.send(new kms.UntagResourceCommand({ KeyId, TagKeys: [TagKey] })),
    async page(Marker) {
      const { Tags = [], NextMarker } = await client.send(new kms.ListResourceTagsCommand({ KeyId, Limit: 2, Marker }))
      return { names: Tags.map(({ TagKey = '' }) => TagKey), next: NextMarker }
    },
  },
  ListAliases: {
    add: (name) => client.send(new kms.CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: KeyId })),
    remove: (name) => client.send(new kms.DeleteAliasCommand({ AliasName: `alias/${name}` })),
    async page(Marker) {
      const { Aliases = [], NextMarker } = await client.send(new kms.ListAliasesCommand({ KeyId, Limit: 2, Marker }))
      return { names: Aliases.map(({ AliasName = '' }) => AliasName.slice('alias/'.length)), next: NextMarker }
    },
  },
  ListUsers: {
    add: (UserName) => identities.send(new iam.CreateUserCommand({ UserName })),
    remove: (UserName) => identities.send(new iam.DeleteUserCommand({ UserName })),
    async page(Marker) {
      const page = await identities.send(new iam.ListUsersCommand({ MaxItems: 2, Marker }))
      return { names: (page.Users ?? []).map(({ UserName = '' }) => UserName), next: page.Marker }
    },
  },
  ListGroups: {
    add: (GroupName) => identities.send(new iam.CreateGroupCommand({ GroupName })),
    remove: (GroupName) => identities.send(new iam.DeleteGroupCommand({ GroupName })),
    async page(Marker) {
      const page = await identities.send(new iam.ListGroupsCommand({ MaxItems: 2, Marker }))
      return { names: (page.Groups ?? []).map(({ GroupName = '' }) => GroupName), next: page.Marker }
    },
  },
  ListRoles: {
    add: (RoleName) =>
      identities.send(new iam.CreateRoleCommand({ RoleName, Path: '/a/', AssumeRolePolicyDocument: trusted })),
    remove: (RoleName) => identities.send(new iam.DeleteRoleCommand({ RoleName })),
    async page(Marker) {
      const page = await identities.send(new iam.ListRolesCommand({ PathPrefix: '/a/', MaxItems: 2, Marker }))
      return { names: (page.Roles ?? []).map(({ RoleName = '' }) => RoleName), next: page.Marker }
    },
  },
  ListPolicies: {
    add: (PolicyName) => identities.send(new iam.CreatePolicyCommand({ PolicyName, PolicyDocument: allowed })),
    remove: (name) => identities.send(new iam.DeletePolicyCommand({ PolicyArn: arn(name).replace('user', 'policy') })),
    async page(Marker) {
      const page = await identities.send(new iam.ListPoliciesCommand({ Scope: 'Local', MaxItems: 2, Marker }))
      return { names: (page.Policies ?? []).map(({ PolicyName = '' }) => PolicyName), next: page.Marker }
    },
  },
}

async function walk(list: Listed, between: () => Promise<unknown> = async () => {}): Promise<readonly string[]> {
  const seen: string[] = []
  for (let marker: string | undefined, first = true; first || marker !== undefined; first = false) {
    const { names, next } = await list.page(marker)
    seen.push(...names)
    if (first) await between()
    marker = next
  }
  return seen
}

const NAMES = ['n1', 'n2', 'n3', 'n4', 'n5']

describe.each(Object.entries(lists))('%s', (name, list) => {
  it('loses and repeats nothing that stays when rows are made and deleted between pages', async () => {
    for (const one of NAMES) await list.add(one)
    expect([...(await walk(list))].sort()).toEqual(NAMES)
    const [first = ''] = (await list.page()).names
    const last = (await walk(list)).at(-1) ?? ''
    const seen = await walk(list, async () => {
      await list.remove(first)
      await list.remove(last)
      await list.add('n0')
    })
    expect(new Set(seen).size).toBe(seen.length)
    const stay = NAMES.filter((one) => one !== first && one !== last)
    expect(seen).toEqual(expect.arrayContaining([first, ...stay]))
    expect(seen).not.toContain(last)
  })

  it('refuses a marker that is garbled or of another list', async () => {
    const { next = '' } = await list.page()
    const bytes = Buffer.from(next, 'base64url')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    const other = Object.entries(lists).find(([one]) => one !== name && one !== 'ListGrants')?.[1]
    const foreign = (await other?.page())?.next ?? 'none'
    for (const marker of [bytes.toString('base64url'), 'made up', foreign])
      await expect(list.page(marker)).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidMarker/) })
  })
})

describe('lists of what one thing has', () => {
  it('shows the rotations of a key by pages, in their order', async () => {
    const on = await newKey()
    for (let i = 0; i < 3; i += 1) await client.send(new kms.RotateKeyOnDemandCommand({ KeyId: on }))
    const whole = await client.send(new kms.ListKeyRotationsCommand({ KeyId: on }))
    expect(whole.Rotations).toHaveLength(3)
    const first = await client.send(new kms.ListKeyRotationsCommand({ KeyId: on, Limit: 2 }))
    await client.send(new kms.RotateKeyOnDemandCommand({ KeyId: on }))
    const second = await client.send(new kms.ListKeyRotationsCommand({ KeyId: on, Marker: first.NextMarker }))
    expect([...(first.Rotations ?? []), ...(second.Rotations ?? [])].slice(0, 3)).toEqual(whole.Rotations)
    expect(second.Rotations).toHaveLength(2)
  })

  it('shows the roles under a path, however many others are between them', async () => {
    const make = (RoleName: string, Path: string) =>
      identities.send(new iam.CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trusted }))
    for (let i = 0; i < 7; i += 1) await make(`r${i}`, i % 3 === 0 ? '/under/' : '/other/')
    const found: string[] = []
    for (let Marker: string | undefined, more = true; more; ) {
      const page = await identities.send(new iam.ListRolesCommand({ PathPrefix: '/under/', MaxItems: 1, Marker }))
      found.push(...(page.Roles ?? []).map(({ RoleName = '' }) => RoleName))
      expect(page.Roles?.length).toBeLessThanOrEqual(1)
      Marker = page.Marker
      more = page.IsTruncated === true
    }
    expect(found).toEqual(['r0', 'r3', 'r6'])
  })

  it('shows the versions of a policy from the newest, whichever is deleted meanwhile', async () => {
    const { Policy } = await identities.send(
      new iam.CreatePolicyCommand({ PolicyName: 'versions', PolicyDocument: allowed }),
    )
    const PolicyArn = Policy?.Arn ?? ''
    for (let i = 0; i < 4; i += 1)
      await identities.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allowed }))
    const first = await identities.send(new iam.ListPolicyVersionsCommand({ PolicyArn, MaxItems: 2 }))
    await identities.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v4' }))
    const second = await identities.send(new iam.ListPolicyVersionsCommand({ PolicyArn, Marker: first.Marker }))
    const ids = [first, second].flatMap(({ Versions = [] }) => Versions.map(({ VersionId }) => VersionId))
    expect(ids).toEqual(['v5', 'v4', 'v3', 'v2', 'v1'])
  })
})

describe("Tencent's lists", () => {
  it('shows hosted data keys by offset: of a list that does not change, each once and in both orders', async () => {
    const tencent = tencentClient(running)
    const names = Array.from({ length: 7 }, (_, i) => `d${i}`)
    for (const DataKeyName of names)
      await tencent.GenerateDataKey({ KeyId, KeySpec: 'AES_256', IsHostedByKms: 1, DataKeyName })
    const page = async (Offset: number, OrderType: number) => {
      const { DataKeyMetadatas, TotalCount } = await tencent.ListDataKeyDetail({ Offset, Limit: 3, OrderType })
      expect(TotalCount).toBe(names.length)
      return (DataKeyMetadatas ?? []).map(({ DataKeyName }) => DataKeyName)
    }
    const walked = async (order: number) => [await page(0, order), await page(3, order), await page(6, order)].flat()
    const down = await walked(0)
    expect([...down].sort()).toEqual(names)
    expect(await walked(1)).toEqual(down.toReversed())
    expect(await page(6, 0)).toEqual(down.slice(6))
    expect(await page(2, 0)).toEqual(down.slice(2, 5))
  })
})
