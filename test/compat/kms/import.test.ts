import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import {
  CreateKeyCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type KMSClient,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { opensslSm2Encrypt } from '../support/openssl-sm2.ts'

const DAY = 86_400_000
const codedWith = (code: string) => expect.objectContaining({ code })
const paddings = {
  RSAES_PKCS1_V1_5: { padding: constants.RSA_PKCS1_PADDING },
  RSAES_OAEP_SHA_1: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
  RSAES_OAEP_SHA_256: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
} as const
type Padding = keyof typeof paddings

describe.each(Object.entries(backends))('bring your own key on %s', (_name, open) => {
  let running: KmsServer
  let aws: KMSClient
  let tencent: ReturnType<typeof tencentClient>

  beforeAll(async () => {
    running = await startKms(open)
    aws = awsClient(running)
    tencent = tencentClient(running)
  })
  afterAll(async () => {
    aws?.destroy()
    await running?.close()
  })

  /** The ceremony as Tencent's guide has it: parameters, the material under the public key, the import. */
  async function importByTencent(KeyId: string, material: Buffer, WrappingAlgorithm: Padding, ValidTo?: number) {
    const given = await tencent.GetParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' })
    const key = createPublicKey({ key: Buffer.from(given.PublicKey ?? '', 'base64'), type: 'spki', format: 'der' })
    const EncryptedKeyMaterial = publicEncrypt({ key, ...paddings[WrappingAlgorithm] }, material).toString('base64')
    const request = { KeyId, EncryptedKeyMaterial, ImportToken: given.ImportToken ?? '' }
    await tencent.ImportKeyMaterial(ValidTo === undefined ? request : { ...request, ValidTo })
    return request
  }

  it.each(Object.keys(paddings) as Padding[])('imports by Tencent with %s', async (algorithm) => {
    const { KeyId = '', KeyState } = await tencent.CreateKey({ Alias: `import-${algorithm}`, Type: 2 })
    expect(KeyState).toBe('PendingImport')
    await expect(tencent.Encrypt({ KeyId, Plaintext: 'eA==' })).rejects.toThrow(
      codedWith('ResourceUnavailable.CmkStateNotSupport'),
    )
    const material = randomBytes(32)
    const request = await importByTencent(KeyId, material, algorithm)
    const { CiphertextBlob = '' } = await tencent.Encrypt({ KeyId, Plaintext: 'eA==' })
    await expect(tencent.ImportKeyMaterial(request)).rejects.toThrow(codedWith('InvalidParameter'))

    await tencent.DeleteImportedKeyMaterial({ KeyId })
    await expect(importByTencent(KeyId, randomBytes(32), algorithm)).rejects.toThrow(
      codedWith('InvalidParameterValue.MaterialNotMatch'),
    )
    await importByTencent(KeyId, material, algorithm, Math.floor(Date.now() / 1000) + 86_400)
    expect(await tencent.Decrypt({ CiphertextBlob })).toMatchObject({ Plaintext: 'eA==' })
    const { KeyMetadata } = await tencent.DescribeKey({ KeyId })
    expect(KeyMetadata).toMatchObject({ Origin: 'EXTERNAL' })
    expect(KeyMetadata?.ValidTo).toBeGreaterThan(Date.now() / 1000)
  })

  it('imports SM4 material wrapped by the openssl command under SM2', async () => {
    const { KeyMetadata } = await aws.send(new CreateKeyCommand({ Origin: 'EXTERNAL', KeySpec: 'SM4' as never }))
    const KeyId = KeyMetadata?.KeyId ?? ''
    const given = await tencent.GetParametersForImport({
      KeyId,
      WrappingAlgorithm: 'SM2_C1C3C2_ASN1',
      WrappingKeySpec: 'SM2',
    })
    const key = createPublicKey({ key: Buffer.from(given.PublicKey ?? '', 'base64'), type: 'spki', format: 'der' })
    const pem = key.export({ type: 'spki', format: 'pem' }).toString()
    const wrapped = await opensslSm2Encrypt(running.dir, pem, randomBytes(16))
    await tencent.ImportKeyMaterial({
      KeyId,
      EncryptedKeyMaterial: wrapped.toString('base64'),
      ImportToken: given.ImportToken ?? '',
    })
    await tencent.Encrypt({ KeyId, Plaintext: 'eA==' })
  })

  it('imports by AWS, with and without an end', async () => {
    const { KeyMetadata } = await aws.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }))
    const KeyId = KeyMetadata?.KeyId
    const material = randomBytes(32)
    const importIt = async (end: { ValidTo: Date } | { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }) => {
      const given = await aws.send(
        new GetParametersForImportCommand({
          KeyId,
          WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
          WrappingKeySpec: 'RSA_3072',
        }),
      )
      expect(given.ParametersValidTo?.getTime()).toBeGreaterThan(Date.now() + DAY - 60_000)
      const key = createPublicKey({ key: Buffer.from(given.PublicKey ?? []), type: 'spki', format: 'der' })
      const EncryptedKeyMaterial = publicEncrypt({ key, ...paddings.RSAES_OAEP_SHA_256 }, material)
      const { ImportToken } = given
      await aws.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...end }))
    }
    await importIt({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' })
    const { CiphertextBlob } = await aws.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))
    await aws.send(new DeleteImportedKeyMaterialCommand({ KeyId }))
    const asked = aws.send(new DecryptCommand({ CiphertextBlob }))
    await expect(asked).rejects.toThrow(expect.objectContaining({ name: 'KMSInvalidStateException' }))
    const ValidTo = new Date(Math.ceil(Date.now() / 1000) * 1000 + DAY)
    await importIt({ ValidTo })
    await aws.send(new DecryptCommand({ CiphertextBlob }))
    const described = await aws.send(new DescribeKeyCommand({ KeyId }))
    expect(described.KeyMetadata).toMatchObject({
      Origin: 'EXTERNAL',
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo,
    })
  })

  it('does not rotate what was imported, and imports nothing into its own keys', async () => {
    const { KeyId = '' } = await tencent.CreateKey({ Alias: 'external', Type: 2 })
    await importByTencent(KeyId, randomBytes(32), 'RSAES_OAEP_SHA_256')
    await expect(tencent.EnableKeyRotation({ KeyId })).rejects.toThrow(
      codedWith('UnsupportedOperation.ExternalCmkCanNotRotate'),
    )
    const own = { KeyId: 'alias/s3', WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
    await expect(tencent.GetParametersForImport(own)).rejects.toThrow(codedWith('UnsupportedOperation.NotExternalCmk'))
  })
})
