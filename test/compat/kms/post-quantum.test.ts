import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { CreateKeyCommand, GetPublicKeyCommand, type KMSClient, SignCommand, VerifyCommand } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const message = Buffer.from('后量子').toString('base64')

describe.each(Object.entries(backends))('post-quantum keys on %s', (_name, open) => {
  let running: KmsServer
  let tencent: ReturnType<typeof tencentClient>
  let aws: KMSClient

  beforeAll(async () => {
    running = await startKms(open)
    tencent = tencentClient(running)
    aws = awsClient(running)
  })
  afterAll(async () => {
    aws?.destroy()
    await running?.close()
  })

  async function newKey(KeySpec: string): Promise<string> {
    const asked = { Alias: `pq-${KeySpec}-${Math.random().toString(36).slice(2)}`, KeySpec }
    return (await tencent.CreateKey(asked)).KeyId ?? ''
  }

  it.each(['ML_KEM_768_X25519', 'ML_KEM_768_SM2'])('%s encrypts and decrypts', async (spec) => {
    const KeyId = await newKey(spec)
    const { CiphertextBlob = '' } = await tencent.PostQuantumCryptoEncrypt({ KeyId, PlainText: message })
    expect(await tencent.PostQuantumCryptoDecrypt({ CiphertextBlob })).toMatchObject({ KeyId, PlainText: message })
    const { KeyMetadata } = await tencent.DescribeKey({ KeyId })
    expect(KeyMetadata).toMatchObject({ KeySpec: spec, ProtectionLevel: 'SOFTWARE' })
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const EncryptionPublicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const wrapped = await tencent.PostQuantumCryptoDecrypt({
      CiphertextBlob,
      EncryptionPublicKey,
      EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    })
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const ciphertext = Buffer.from(wrapped.PlainText ?? '', 'base64')
    expect(privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, ciphertext).toString('base64')).toBe(
      message,
    )
    const broken = Buffer.from(CiphertextBlob, 'base64')
    broken.writeUInt8(broken.readUInt8(200) ^ 1, 200)
    await expect(tencent.PostQuantumCryptoDecrypt({ CiphertextBlob: broken.toString('base64') })).rejects.toMatchObject(
      { code: 'InvalidParameterValue.InvalidCiphertext' },
    )
  })

  it('ML_DSA_65 signs for both APIs', async () => {
    const KeyId = await newKey('ML_DSA_65')
    const { Signature = '' } = await tencent.PostQuantumCryptoSign({ KeyId, Message: message })
    const asked = { KeyId, Message: message, SignatureValue: Signature }
    expect((await tencent.PostQuantumCryptoVerify(asked)).SignatureValid).toBe(true)
    const other = { ...asked, Message: Buffer.from('another').toString('base64') }
    expect((await tencent.PostQuantumCryptoVerify(other)).SignatureValid).toBe(false)
    const verifying = {
      KeyId,
      Message: Buffer.from(message, 'base64'),
      SigningAlgorithm: 'ML_DSA_SHAKE_256',
      Signature: Buffer.from(Signature, 'base64'),
    } as const
    expect((await aws.send(new VerifyCommand(verifying))).SignatureValid).toBe(true)
    const { PublicKey } = await aws.send(new GetPublicKeyCommand({ KeyId }))
    expect(PublicKey).toHaveLength(1_974)
  })

  it('an ML_DSA_65 key is made and used by the AWS client', async () => {
    const made = await aws.send(new CreateKeyCommand({ KeySpec: 'ML_DSA_65', KeyUsage: 'SIGN_VERIFY' }))
    expect(made.KeyMetadata).toMatchObject({ KeySpec: 'ML_DSA_65', SigningAlgorithms: ['ML_DSA_SHAKE_256'] })
    const signing = { KeyId: made.KeyMetadata?.KeyId, SigningAlgorithm: 'ML_DSA_SHAKE_256' } as const
    const mu = { ...signing, Message: Buffer.alloc(64, 5), MessageType: 'EXTERNAL_MU' } as const
    const { Signature } = await aws.send(new SignCommand(mu))
    expect((await aws.send(new VerifyCommand({ ...mu, Signature }))).SignatureValid).toBe(true)
    const misnamed = new SignCommand({ ...mu, MessageType: 'DIGEST' })
    await expect(aws.send(misnamed)).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('white-box actions are refused in words', async () => {
    await expect(tencent.DescribeWhiteBoxServiceStatus()).rejects.toMatchObject({ code: 'UnsupportedOperation' })
    await expect(tencent.CreateWhiteBoxKey({ Alias: 'a', Algorithm: 'SM4' })).rejects.toMatchObject({
      code: 'UnsupportedOperation',
      message: expect.stringContaining('white-box'),
    })
  })
})
