import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateMacCommand,
  GetKeyPolicyCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type KMSClient,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  UpdatePrimaryRegionCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tencentClient } from '../support/clients.ts'
import { backends } from '../support/kms-server.ts'
import { type Region, Regions } from '../support/two-regions.ts'

const message = Buffer.from('消息')
const EAST = 'east-1'
const WEST = 'west-1'

const pairs = [
  ['SoftHSM2', 'the software token'],
  ['the software token', 'SoftHSM2'],
] as const

describe.each(pairs)('a key of %s, and of %s in another region', { timeout: 240_000 }, (first, second) => {
  let regions: Regions
  let east: Region
  let west: Region

  beforeEach(async () => {
    regions = new Regions()
    const [openEast, openWest] = [backends[first], backends[second]]
    if (openEast === undefined || openWest === undefined) throw new Error('expected two backends')
    east = await regions.add(EAST, openEast, [WEST])
    west = await regions.add(WEST, openWest, [EAST])
  })
  afterEach(() => regions?.close())

  async function newKey(more: object = {}): Promise<string> {
    const { KeyMetadata } = await east.aws.send(new CreateKeyCommand({ MultiRegion: true, ...more }))
    expect(KeyMetadata?.KeyId).toMatch(/^mrk-[0-9a-f]{32}$/)
    return KeyMetadata?.KeyId ?? ''
  }

  const replicate = (KeyId: string) =>
    east.aws.send(
      new ReplicateKeyCommand({
        KeyId,
        ReplicaRegion: WEST,
        Description: 'elsewhere',
        Tags: [{ TagKey: 'team', TagValue: 'a' }],
      }),
    )

  const describeKey = async ({ aws }: Region, KeyId: string) =>
    (await aws.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata

  const encrypt = async ({ aws }: Region, KeyId: string) =>
    (await aws.send(new EncryptCommand({ KeyId, Plaintext: message, EncryptionContext: { a: '1' } }))).CiphertextBlob

  const decrypt = async ({ aws }: Region, CiphertextBlob: Uint8Array | undefined) =>
    Buffer.from((await aws.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: '1' } }))).Plaintext ?? [])

  const nameOf = (error: unknown) => (error instanceof Error ? error.name : error)
  const refused = (asked: Promise<unknown>) => asked.then(() => null, nameOf)

  it('decrypts there what was encrypted here, when here is gone', async () => {
    const KeyId = await newKey()
    const before = await encrypt(east, KeyId)
    const { ReplicaKeyMetadata, ReplicaTags } = await replicate(KeyId)
    expect(ReplicaKeyMetadata).toMatchObject({
      KeyId,
      Arn: `arn:aws:kms:${WEST}:000000000001:key/${KeyId}`,
      Description: 'elsewhere',
      KeyState: 'Enabled',
      MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', PrimaryKey: { Region: EAST } },
    })
    expect(ReplicaTags).toEqual([{ TagKey: 'team', TagValue: 'a' }])
    expect(await decrypt(east, await encrypt(west, KeyId))).toEqual(message)
    await east.aws.send(new RotateKeyOnDemandCommand({ KeyId }))
    const after = await encrypt(east, KeyId)
    await regions.lose(EAST)
    expect(await decrypt(west, before)).toEqual(message)
    expect(await decrypt(west, after)).toEqual(message)
    expect(await decrypt(west, await encrypt(west, KeyId))).toEqual(message)
  })

  it.each(['SM4', 'HMAC_256', 'RSA_2048', 'ECC_NIST_P256', 'SM2'])('is the same key there: %s', async (spec) => {
    const uses: Record<string, string> = { SM4: 'ENCRYPT_DECRYPT', HMAC_256: 'GENERATE_VERIFY_MAC' }
    const KeyId = await newKey({ KeySpec: spec, KeyUsage: uses[spec] ?? 'SIGN_VERIFY' })
    await replicate(KeyId)
    expect(await describeKey(west, KeyId)).toMatchObject({ KeySpec: spec, MultiRegion: true })
    expect(await sameKey(east.aws, west.aws, KeyId, spec)).toBe(true)
  })

  it('is shown as one key of two regions by both APIs', async () => {
    const KeyId = await newKey()
    await replicate(KeyId)
    const configuration = {
      PrimaryKey: { Arn: `arn:aws:kms:${EAST}:000000000001:key/${KeyId}`, Region: EAST },
      ReplicaKeys: [{ Arn: `arn:aws:kms:${WEST}:000000000001:key/${KeyId}`, Region: WEST }],
    }
    expect((await describeKey(east, KeyId))?.MultiRegionConfiguration).toEqual({
      MultiRegionKeyType: 'PRIMARY',
      ...configuration,
    })
    expect((await describeKey(west, KeyId))?.MultiRegionConfiguration).toEqual({
      MultiRegionKeyType: 'REPLICA',
      ...configuration,
    })
    const here = await tencentClient(east.running).DescribeKey({ KeyId })
    expect(here.KeyMetadata).toMatchObject({ IsSyncReplica: 0, SyncStatus: 1, SourceRegion: EAST, SyncMessages: '' })
    expect(here.KeyMetadata?.SyncEndTime).toBeGreaterThan(0)
    const there = await tencentClient(west.running).DescribeKey({ KeyId })
    expect(there.KeyMetadata).toMatchObject({ IsSyncReplica: 1, SourceRegion: EAST })
  })

  it('is rotated by its primary alone, which another region can become', async () => {
    const KeyId = await newKey()
    await replicate(KeyId)
    await east.aws.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }))
    for (const attempt of [
      new RotateKeyOnDemandCommand({ KeyId }),
      new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: WEST }),
      new ReplicateKeyCommand({ KeyId, ReplicaRegion: EAST }),
    ])
      expect(await refused(west.aws.send(attempt as RotateKeyOnDemandCommand))).toBe('UnsupportedOperationException')
    await east.aws.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: WEST }))
    for (const region of [east, west])
      expect((await describeKey(region, KeyId))?.MultiRegionConfiguration?.PrimaryKey?.Region).toBe(WEST)
    await west.aws.send(new RotateKeyOnDemandCommand({ KeyId }))
    expect(await decrypt(east, await encrypt(west, KeyId))).toEqual(message)
    expect(await refused(east.aws.send(new RotateKeyOnDemandCommand({ KeyId })))).toBe('UnsupportedOperationException')
  })

  it('has a policy of its own in each region', async () => {
    const KeyId = await newKey()
    const root = 'arn:aws:iam::000000000001:root'
    const statement = { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    const answer = await east.aws.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: WEST, Policy }))
    expect(answer.ReplicaPolicy).toBe(Policy)
    const there = await west.aws.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }))
    expect(JSON.parse(there.Policy ?? '')).toEqual(JSON.parse(Policy))
    const broken = new ReplicateKeyCommand({ KeyId: await newKey(), ReplicaRegion: WEST, Policy: '{"no":"policy"}' })
    expect(await refused(east.aws.send(broken))).toBe('MalformedPolicyDocumentException')
  })

  it('catches up after a time in which the other region did not answer', async () => {
    const KeyId = await newKey()
    await replicate(KeyId)
    const sync = async () => (await tencentClient(east.running).DescribeKey({ KeyId })).KeyMetadata
    regions.reach(WEST, false)
    await east.aws.send(new RotateKeyOnDemandCommand({ KeyId }))
    expect(await sync()).toMatchObject({ SyncStatus: 2, SyncMessages: expect.stringContaining(WEST) })
    const ciphertext = await encrypt(east, KeyId)
    expect(await refused(decrypt(west, ciphertext))).toBe('InvalidCiphertextException')
    regions.reach(WEST, true)
    east.running.kmsSkew = 120_000
    await east.running.kms.runDueJobs()
    expect(await sync()).toMatchObject({ SyncStatus: 1, SyncMessages: '' })
    expect(await decrypt(west, ciphertext)).toEqual(message)
  })

  it('is refused where there is nothing to replicate, or nowhere', async () => {
    const { KeyMetadata } = await east.aws.send(new CreateKeyCommand({}))
    const single = KeyMetadata?.KeyId ?? ''
    expect(await refused(replicate(single))).toBe('UnsupportedOperationException')
    const KeyId = await newKey()
    const nowhere = new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'north-1' })
    expect(await refused(east.aws.send(nowhere))).toBe('ValidationException')
    await replicate(KeyId)
    expect(await refused(replicate(KeyId))).toBe('AlreadyExistsException')
  })

  it('is deleted after its replicas', async () => {
    const KeyId = await newKey()
    await replicate(KeyId)
    const schedule = ({ aws }: Region) => aws.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    expect(await refused(schedule(east))).toBe('KMSInvalidStateException')
    await schedule(west)
    expect(await refused(schedule(east))).toBe('KMSInvalidStateException')
    west.running.kmsSkew = 8 * 86_400_000
    await west.running.kms.runDueJobs()
    expect(await refused(describeKey(west, KeyId))).toBe('NotFoundException')
    expect((await schedule(east)).KeyState).toBe('PendingDeletion')
  })

  it('takes imported material in each region, the same in all', async () => {
    const KeyId = await newKey({ Origin: 'EXTERNAL' })
    const material = randomBytes(32)
    await replicate(KeyId)
    expect((await describeKey(west, KeyId))?.KeyState).toBe('PendingImport')
    expect(await refused(bring(west.aws, KeyId, material))).toBe('KMSInvalidStateException')
    await bring(east.aws, KeyId, material)
    const ciphertext = await encrypt(east, KeyId)
    expect(await refused(bring(west.aws, KeyId, randomBytes(32)))).toBe('IncorrectKeyMaterialException')
    await bring(west.aws, KeyId, material)
    await regions.lose(EAST)
    expect(await decrypt(west, ciphertext)).toEqual(message)
  })
})

async function sameKey(here: KMSClient, there: KMSClient, KeyId: string, spec: string): Promise<boolean> {
  if (spec === 'SM4') {
    const { CiphertextBlob } = await here.send(new EncryptCommand({ KeyId, Plaintext: message }))
    const { Plaintext } = await there.send(new DecryptCommand({ CiphertextBlob }))
    return message.equals(Plaintext ?? new Uint8Array())
  }
  if (spec === 'HMAC_256') {
    const asked = { KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_256' } as const
    const { Mac } = await there.send(new GenerateMacCommand(asked))
    return (await here.send(new VerifyMacCommand({ ...asked, Mac }))).MacValid === true
  }
  const algorithms = { RSA_2048: 'RSASSA_PSS_SHA_256', ECC_NIST_P256: 'ECDSA_SHA_256', SM2: 'SM2DSA' } as const
  const SigningAlgorithm = algorithms[spec as keyof typeof algorithms]
  const { Signature } = await there.send(new SignCommand({ KeyId, Message: message, SigningAlgorithm }))
  const asked = new VerifyCommand({ KeyId, Message: message, SigningAlgorithm, Signature })
  return (await here.send(asked)).SignatureValid === true
}

async function bring(aws: KMSClient, KeyId: string, material: Uint8Array): Promise<void> {
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const
  const { ImportToken, PublicKey = new Uint8Array() } = await aws.send(
    new GetParametersForImportCommand({ KeyId, ...wrapping }),
  )
  const key = createPublicKey({ key: Buffer.from(PublicKey), type: 'spki', format: 'der' })
  const padded = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const EncryptedKeyMaterial = publicEncrypt(padded, material)
  const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE'
  await aws.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel }))
}
