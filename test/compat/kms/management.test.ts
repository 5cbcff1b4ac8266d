import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  paginateListAliases,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { stores, type TestStore } from '../support/stores.ts'

const DAY = 86_400_000
const NO_SUCH_KEY = '00000000-0000-4000-8000-000000000000'
const plaintext = Buffer.from('plaintext')

describe.each(Object.entries(stores))('on %s', (_name, openStore) => {
  let store: TestStore
  let running: KmsServer
  let aws: KMSClient
  let tencent: ReturnType<typeof tencentClient>

  beforeAll(async () => {
    store = await openStore()
    const [open] = Object.values(backends)
    if (open === undefined) throw new Error('expected a backend')
    running = await startKms(open, store.location)
    aws = awsClient(running)
    tencent = tencentClient(running)
  })
  afterAll(async () => {
    aws?.destroy()
    await running?.close()
    await store?.stop()
  })

  let names = 0

  async function newKey(): Promise<string> {
    const { KeyId = '' } = await tencent.CreateKey({ Alias: `managed-${++names}` })
    return KeyId
  }

  const refusedWith = (name: string) => expect.objectContaining({ name })
  const codedWith = (code: string) => expect.objectContaining({ code })

  describe('deletion', () => {
    it('by AWS: scheduled from any state, cancelled, described', async () => {
      const KeyId = await newKey()
      const before = Date.now()
      const scheduled = await aws.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
      expect(scheduled).toMatchObject({ KeyState: 'PendingDeletion', PendingWindowInDays: 7 })
      expect(scheduled.DeletionDate?.getTime()).toBeGreaterThanOrEqual(before + 7 * DAY)
      await expect(aws.send(new EncryptCommand({ KeyId, Plaintext: plaintext }))).rejects.toEqual(
        refusedWith('KMSInvalidStateException'),
      )
      const cancelled = await aws.send(new CancelKeyDeletionCommand({ KeyId }))
      expect(cancelled.KeyId).toBe(`arn:aws:kms:local-1:000000000001:key/${KeyId}`)
      const { KeyMetadata } = await aws.send(new DescribeKeyCommand({ KeyId }))
      expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', Enabled: false })
      await expect(aws.send(new CancelKeyDeletionCommand({ KeyId }))).rejects.toEqual(
        refusedWith('KMSInvalidStateException'),
      )
    })

    it('by Tencent: of a disabled key only', async () => {
      const KeyId = await newKey()
      const schedule = (PendingWindowInDays: number) => tencent.ScheduleKeyDeletion({ KeyId, PendingWindowInDays })
      await expect(schedule(7)).rejects.toEqual(codedWith('ResourceUnavailable.CmkShouldBeDisabled'))
      await tencent.DisableKey({ KeyId })
      for (const days of [6, 31])
        await expect(schedule(days)).rejects.toEqual(codedWith('InvalidParameter.InvalidPendingWindowInDays'))
      expect(await schedule(30)).toMatchObject({ KeyId })
      await expect(tencent.Encrypt({ KeyId, Plaintext: 'eA==' })).rejects.toEqual(
        codedWith('ResourceUnavailable.KeyPendingDelete'),
      )
      expect(await tencent.CancelKeyDeletion({ KeyId })).toMatchObject({ KeyId })
      await expect(tencent.CancelKeyDeletion({ KeyId })).rejects.toEqual(
        codedWith('ResourceUnavailable.CmkNotPendingDelete'),
      )
    })

    it('is blocked by what is bound to the key', async () => {
      const KeyId = await newKey()
      const resource = { KeyId, ProductId: 's3', ResourceId: 'bucket' }
      await tencent.BindCloudResource(resource)
      await expect(aws.send(new ScheduleKeyDeletionCommand({ KeyId }))).rejects.toEqual(
        refusedWith('ConflictException'),
      )
      await tencent.DisableKey({ KeyId })
      await expect(tencent.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })).rejects.toEqual(
        codedWith('FailedOperation.CmkUsedByCloudProduct'),
      )
      await tencent.UnbindCloudResource(resource)
      await expect(tencent.UnbindCloudResource(resource)).rejects.toEqual(
        codedWith('ResourceUnavailable.CloudResourceBindingNotFound'),
      )
      await tencent.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    })
  })

  describe('archiving', () => {
    it('leaves decryption and nothing else', async () => {
      const KeyId = await newKey()
      const { CiphertextBlob = '' } = await tencent.Encrypt({ KeyId, Plaintext: 'eA==' })
      await tencent.ArchiveKey({ KeyId })
      expect(await tencent.Decrypt({ CiphertextBlob })).toMatchObject({ Plaintext: 'eA==' })
      await expect(tencent.Encrypt({ KeyId, Plaintext: 'eA==' })).rejects.toEqual(
        codedWith('ResourceUnavailable.CmkArchived'),
      )
      await expect(tencent.DisableKey({ KeyId })).rejects.toEqual(codedWith('ResourceUnavailable.CmkStateNotSupport'))
      const { KeyMetadata } = await tencent.DescribeKey({ KeyId })
      expect(KeyMetadata?.KeyState).toBe('Archived')
      await tencent.CancelKeyArchive({ KeyId })
      await expect(tencent.CancelKeyArchive({ KeyId })).rejects.toEqual(
        codedWith('ResourceUnavailable.CmkStateNotSupport'),
      )
      await tencent.Encrypt({ KeyId, Plaintext: 'eA==' })
    })
  })

  describe('several keys at once', () => {
    it('are described, disabled and enabled: all or none', async () => {
      const KeyIds = [await newKey(), await newKey()]
      await tencent.DisableKeys({ KeyIds })
      const { KeyMetadatas = [] } = await tencent.DescribeKeys({ KeyIds })
      expect(KeyMetadatas.map(({ KeyId, KeyState }) => [KeyId, KeyState])).toEqual(KeyIds.map((id) => [id, 'Disabled']))
      await expect(tencent.EnableKeys({ KeyIds: [...KeyIds, NO_SUCH_KEY] })).rejects.toEqual(
        codedWith('ResourceUnavailable.CmkNotFound'),
      )
      expect((await tencent.DescribeKey({ KeyId: KeyIds[0] ?? '' })).KeyMetadata?.KeyState).toBe('Disabled')
      await tencent.EnableKeys({ KeyIds })
      const [twice = ''] = KeyIds
      await expect(tencent.DescribeKeys({ KeyIds: [twice, twice] })).rejects.toEqual(
        codedWith('InvalidParameterValue.DuplicatedKeyId'),
      )
      for (const count of [0, 101])
        await expect(tencent.DescribeKeys({ KeyIds: Array(count).fill(NO_SUCH_KEY) })).rejects.toEqual(
          codedWith('InvalidParameter'),
        )
    })
  })

  describe('aliases and descriptions', () => {
    it('by AWS: made, moved at once, listed, deleted', async () => {
      const [first, second] = [await newKey(), await newKey()]
      const AliasName = 'alias/team/payroll'
      await aws.send(new CreateAliasCommand({ AliasName, TargetKeyId: first }))
      await expect(aws.send(new CreateAliasCommand({ AliasName, TargetKeyId: second }))).rejects.toEqual(
        refusedWith('AlreadyExistsException'),
      )
      const encrypt = () => aws.send(new EncryptCommand({ KeyId: AliasName, Plaintext: plaintext }))
      expect((await encrypt()).KeyId).toContain(first)
      await aws.send(new UpdateAliasCommand({ AliasName, TargetKeyId: second }))
      expect((await encrypt()).KeyId).toContain(second)
      const seen: (string | undefined)[] = []
      for await (const { Aliases = [] } of paginateListAliases({ client: aws, pageSize: 1 }, { KeyId: second }))
        seen.push(...Aliases.map((alias) => alias.AliasArn))
      expect(seen).toContain(`arn:aws:kms:local-1:000000000001:${AliasName}`)
      await aws.send(new DeleteAliasCommand({ AliasName }))
      await expect(encrypt()).rejects.toEqual(refusedWith('NotFoundException'))
      await expect(aws.send(new DeleteAliasCommand({ AliasName }))).rejects.toEqual(refusedWith('NotFoundException'))
      for (const name of ['team', 'alias/', 'alias/aws/s3', 'alias/ü'])
        await expect(aws.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: first }))).rejects.toEqual(
          refusedWith('InvalidAliasNameException'),
        )
    })

    it('by Tencent: a key is renamed and described anew', async () => {
      const KeyId = await newKey()
      await tencent.UpdateAlias({ KeyId, Alias: 'renamed' })
      await tencent.UpdateKeyDescription({ KeyId, Description: '虎'.repeat(341) })
      const { KeyMetadata } = await tencent.DescribeKey({ KeyId })
      expect(KeyMetadata).toMatchObject({ Alias: 'renamed', Description: '虎'.repeat(341) })
      await expect(tencent.UpdateKeyDescription({ KeyId, Description: '虎'.repeat(342) })).rejects.toEqual(
        codedWith('InvalidParameter'),
      )
      await expect(tencent.UpdateAlias({ KeyId: await newKey(), Alias: 'renamed' })).rejects.toEqual(
        codedWith('InvalidParameterValue.AliasAlreadyExists'),
      )
      await aws.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'a'.repeat(8192) }))
      await expect(aws.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'a'.repeat(8193) }))).rejects.toEqual(
        refusedWith('ValidationException'),
      )
    })
  })

  describe('tags', () => {
    it('by AWS: added, listed, taken away', async () => {
      const Tags = [{ TagKey: 'team', TagValue: 'a' }]
      const { KeyMetadata } = await aws.send(new CreateKeyCommand({ Tags }))
      const KeyId = KeyMetadata?.KeyId
      await aws.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'cost', TagValue: '7' }] }))
      const list = async () => (await aws.send(new ListResourceTagsCommand({ KeyId }))).Tags
      expect(await list()).toEqual(expect.arrayContaining([...Tags, { TagKey: 'cost', TagValue: '7' }]))
      await aws.send(new UntagResourceCommand({ KeyId, TagKeys: ['team'] }))
      expect(await list()).toEqual([{ TagKey: 'cost', TagValue: '7' }])
    })
  })

  describe('ListKeyDetail', () => {
    it('filters by state, usage, alias and tags, in either order', async () => {
      const Tags = [{ TagKey: 'listed', TagValue: 'yes' }]
      const made: string[] = []
      for (const name of ['one', 'two', 'three'])
        made.push((await tencent.CreateKey({ Alias: `listed-${name}`, Tags })).KeyId ?? '')
      const [one = '', two = '', three = ''] = made
      await tencent.DisableKey({ KeyId: two })
      const list = async (filter: Parameters<typeof tencent.ListKeyDetail>[0]) =>
        ((await tencent.ListKeyDetail(filter)).KeyMetadatas ?? []).map(({ KeyId }) => KeyId)
      const TagFilters = [{ TagKey: 'listed', TagValue: ['yes'] }]
      expect(await list({ TagFilters, OrderType: 1 })).toEqual([one, two, three])
      expect(await list({ TagFilters, OrderType: 0 })).toEqual([three, two, one])
      expect(await list({ TagFilters, KeyState: 2 })).toEqual([two])
      expect(await list({ SearchKeyAlias: 'isted-t', OrderType: 1 })).toEqual([two, three])
      expect(await list({ TagFilters, OrderType: 1, Offset: 1, Limit: 1 })).toEqual([two])
      expect(await list({ TagFilters: [{ TagKey: 'listed', TagValue: ['no'] }] })).toEqual([])
      expect(await list({ TagFilters, KeyUsage: 'ASYMMETRIC_DECRYPT_SM2' })).toEqual([])
      expect(await list({ TagFilters, Origin: 'EXTERNAL' })).toEqual([])
      for (const Limit of [0, 201]) await expect(list({ Limit })).rejects.toEqual(codedWith('InvalidParameter'))
    })
  })

  describe('rotation', () => {
    it('by AWS: on, off, now, listed; old ciphertexts stay good', async () => {
      const KeyId = await newKey()
      await aws.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }))
      const status = () => aws.send(new GetKeyRotationStatusCommand({ KeyId }))
      expect(await status()).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 })
      const { CiphertextBlob = '' } = await tencent.Encrypt({ KeyId, Plaintext: 'eA==' })
      await aws.send(new RotateKeyOnDemandCommand({ KeyId }))
      const { Rotations } = await aws.send(new ListKeyRotationsCommand({ KeyId }))
      expect(Rotations).toMatchObject([{ KeyId, RotationType: 'ON_DEMAND' }])
      expect(await tencent.Decrypt({ CiphertextBlob })).toMatchObject({ Plaintext: 'eA==' })
      const renewed = await tencent.ReEncrypt({ CiphertextBlob })
      expect(renewed.ReEncrypted).toBe(true)
      const same = await tencent.ReEncrypt({ CiphertextBlob: renewed.CiphertextBlob ?? '' })
      expect(same).toMatchObject({ ReEncrypted: false, CiphertextBlob: renewed.CiphertextBlob })
      await aws.send(new DisableKeyRotationCommand({ KeyId }))
      expect((await status()).KeyRotationEnabled).toBe(false)
    })

    it('by Tencent: 7 to 365 days', async () => {
      const KeyId = await newKey()
      for (const RotateDays of [6, 366])
        await expect(tencent.EnableKeyRotation({ KeyId, RotateDays })).rejects.toEqual(codedWith('InvalidParameter'))
      await tencent.EnableKeyRotation({ KeyId })
      expect(await tencent.GetKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: true })
      expect((await tencent.RotateKey({ KeyId })).TaskId).toContain(KeyId)
      const { KeyMetadata } = await tencent.DescribeKey({ KeyId })
      expect(KeyMetadata).toMatchObject({ KeyRotationEnabled: true, RotateDays: 365 })
      expect(KeyMetadata?.LastRotateTime).toBeGreaterThan(0)
      await tencent.DisableKeyRotation({ KeyId })
    })
  })
})
