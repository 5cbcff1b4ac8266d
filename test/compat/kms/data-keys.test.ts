import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { stores, type TestStore } from '../support/stores.ts'

const codedWith = (code: string) => expect.objectContaining({ code })

describe.each(Object.entries(stores))('on %s', (_name, openStore) => {
  let store: TestStore
  let running: KmsServer
  let tencent: ReturnType<typeof tencentClient>

  beforeAll(async () => {
    store = await openStore()
    const [open] = Object.values(backends)
    if (open === undefined) throw new Error('expected a backend')
    running = await startKms(open, store.location)
    tencent = tencentClient(running)
  })
  afterAll(async () => {
    await running?.close()
    await store?.stop()
  })

  const host = (DataKeyName: string) =>
    tencent.GenerateDataKey({ KeyId: 'alias/s3', KeySpec: 'AES_256', IsHostedByKms: 1, DataKeyName })

  it('keeps a data key and gives it again', async () => {
    const { DataKeyId = '', Plaintext, CiphertextBlob } = await host('kept')
    expect((await tencent.GetDataKeyPlaintext({ DataKeyId })).Plaintext).toBe(Plaintext)
    expect((await tencent.GetDataKeyCiphertextBlob({ DataKeyId })).CiphertextBlob).toBe(CiphertextBlob)
    expect((await tencent.DescribeDataKey({ DataKeyId })).DataKeyMetadata).toMatchObject({
      DataKeyId,
      DataKeyName: 'kept',
      NumberOfBytes: 32,
      KeyState: 'Enabled',
      Origin: 'TENCENT_KMS',
    })
    await expect(host('kept')).rejects.toThrow(codedWith('InvalidParameterValue.DataKeyNameAlreadyExists'))
    for (const name of ['-a', 'a b', 'a'.repeat(61)])
      await expect(host(name)).rejects.toThrow(codedWith('InvalidParameterValue.InvalidDataKeyName'))
  })

  it('is disabled, enabled, scheduled for deletion and saved', async () => {
    const { DataKeyId = '' } = await host('states')
    const plaintext = () => tencent.GetDataKeyPlaintext({ DataKeyId })
    await tencent.DisableDataKey({ DataKeyId })
    await expect(plaintext()).rejects.toThrow(codedWith('ResourceUnavailable.DataKeyDisabled'))
    await tencent.EnableDataKeys({ DataKeyIds: [DataKeyId] })
    await plaintext()
    await tencent.DisableDataKeys({ DataKeyIds: [DataKeyId] })
    expect(await tencent.ScheduleDataKeyDeletion({ DataKeyId, PendingWindowInDays: 7 })).toMatchObject({ DataKeyId })
    await expect(plaintext()).rejects.toThrow(codedWith('ResourceUnavailable.DataKeyPendingDelete'))
    await tencent.CancelDataKeyDeletion({ DataKeyId })
    await expect(tencent.CancelDataKeyDeletion({ DataKeyId })).rejects.toThrow(
      codedWith('ResourceUnavailable.DataKeyNotPendingDelete'),
    )
    await tencent.EnableDataKey({ DataKeyId })
    await plaintext()
  })

  it('is renamed, described and listed', async () => {
    const { DataKeyId = '' } = await host('before')
    await tencent.UpdateDataKeyName({ DataKeyId, DataKeyName: 'after' })
    await tencent.UpdateDataKeyDescription({ DataKeyId, Description: 'of the invoices' })
    const { DataKeyMetadatas = [] } = await tencent.DescribeDataKeys({ DataKeyIds: [DataKeyId] })
    expect(DataKeyMetadatas).toMatchObject([{ DataKeyName: 'after', Description: 'of the invoices' }])
    const listed = await tencent.ListDataKeyDetail({ SearchKeyAlias: 'afte', DataKeyLen: 32, KeyState: 1 })
    expect(listed.DataKeyMetadatas).toMatchObject([{ DataKeyId }])
    expect((await tencent.ListDataKeys({ Limit: 200 })).DataKeys).toContainEqual({ DataKeyId })
    await expect(tencent.DescribeDataKeys({ DataKeyIds: [DataKeyId, DataKeyId] })).rejects.toThrow(
      codedWith('InvalidParameterValue.DuplicatedDataKeyId'),
    )
    await expect(tencent.DescribeDataKey({ DataKeyId: 'none' })).rejects.toThrow(
      codedWith('ResourceUnavailable.DataKeyNotFound'),
    )
  })

  it('is imported, as plaintext or as ciphertext', async () => {
    const Plaintext = randomBytes(24).toString('base64')
    const { CiphertextBlob = '' } = await tencent.Encrypt({ KeyId: 'alias/s3', Plaintext })
    const kinds = [
      { DataKeyName: 'plain', ImportKeyMaterial: Plaintext, ImportType: 2, KeyId: 'alias/s3' },
      { DataKeyName: 'sealed', ImportKeyMaterial: CiphertextBlob, ImportType: 1 },
    ]
    for (const kind of kinds) {
      const { DataKeyId = '' } = await tencent.ImportDataKey(kind)
      expect((await tencent.GetDataKeyPlaintext({ DataKeyId })).Plaintext).toBe(Plaintext)
    }
    await expect(
      tencent.ImportDataKey({ DataKeyName: 'bad', ImportKeyMaterial: '*', ImportType: 2, KeyId: 'alias/s3' }),
    ).rejects.toThrow(codedWith('InvalidParameterValue.InvalidImportKeyMaterial'))
  })

  it('says what it is', async () => {
    expect(await tencent.GetRegions()).toMatchObject({ Regions: ['local-1'] })
    const { ServiceEnabled, CmkUserCount } = await tencent.GetServiceStatus()
    expect({ ServiceEnabled, CmkUserCount }).toEqual({ ServiceEnabled: true, CmkUserCount: 1 })
    const { AsymmetricSignVerifyAlgorithms } = await tencent.ListAlgorithms()
    expect(AsymmetricSignVerifyAlgorithms).toContainEqual({ KeyUsage: 'ASYMMETRIC_SIGN_VERIFY_SM2', Algorithm: 'SM2' })
    const [record] = await running.kms.audit.list({ newestFirst: true, limit: 1 })
    expect(record).toMatchObject({ action: 'ListAlgorithms', outcome: 'ok' })
  })
})
