import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  verify,
} from 'node:crypto'
import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  type KMSClient,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { opensslSm2Encrypt, opensslSm2Verify } from '../support/openssl-sm2.ts'

const message = Buffer.from('sign this')
const digest = createHash('sha256').update(message).digest()
const codedWith = (code: string) => expect.objectContaining({ code })

describe.each(Object.entries(backends))('asymmetric keys on %s', (_name, open) => {
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

  async function newKey(input: CreateKeyCommandInput): Promise<string> {
    const { KeyMetadata } = await aws.send(new CreateKeyCommand(input))
    return KeyMetadata?.KeyId ?? ''
  }

  async function publicKeyOf(KeyId: string) {
    const { PublicKey = new Uint8Array() } = await aws.send(new GetPublicKeyCommand({ KeyId }))
    return createPublicKey({ key: Buffer.from(PublicKey), type: 'spki', format: 'der' })
  }

  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }

  it.each([
    ['RSA_2048', 'RSASSA_PSS_SHA_256', pss],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', {}],
    ['RSA_3072', 'RSASSA_PSS_SHA_256', pss],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', {}],
  ] as const)('signs with %s and %s, by AWS, as OpenSSL verifies', async (KeySpec, SigningAlgorithm, options) => {
    const KeyId = await newKey({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
    const key = await publicKeyOf(KeyId)
    for (const [Message, MessageType] of [
      [message, 'RAW'],
      [digest, 'DIGEST'],
    ] as const) {
      const ask = { KeyId, Message, MessageType, SigningAlgorithm }
      const { Signature = new Uint8Array() } = await aws.send(new SignCommand(ask))
      expect(verify('sha256', message, { key, ...options }, Signature)).toBe(true)
      expect(await aws.send(new VerifyCommand({ ...ask, Signature }))).toMatchObject({ SignatureValid: true })
      const broken = Uint8Array.from(Signature, (byte, at) => (at === 9 ? byte ^ 1 : byte))
      await expect(aws.send(new VerifyCommand({ ...ask, Signature: broken }))).rejects.toThrow(
        expect.objectContaining({ name: 'KMSInvalidSignatureException' }),
      )
    }
  })

  it.each([
    ['ASYMMETRIC_SIGN_VERIFY_RSA_2048', 'RSA_PSS_SHA_256', pss],
    ['ASYMMETRIC_SIGN_VERIFY_RSA_2048', 'RSA_PKCS1_SHA_256', {}],
    ['ASYMMETRIC_SIGN_VERIFY_ECC', 'ECC_P256_R1', {}],
  ])('signs with %s and %s, by Tencent, as OpenSSL verifies', async (KeyUsage, Algorithm, options) => {
    const { KeyId = '' } = await tencent.CreateKey({ Alias: `${KeyUsage}-${Algorithm}`, KeyUsage })
    const { PublicKeyPem } = await tencent.GetPublicKey({ KeyId })
    const ask = { KeyId, Message: message.toString('base64'), MessageType: 'RAW', Algorithm }
    const { Signature = '' } = await tencent.SignByAsymmetricKey(ask)
    expect(verify('sha256', message, { key: PublicKeyPem, ...options }, Buffer.from(Signature, 'base64'))).toBe(true)
    const valid = async (SignatureValue: string) =>
      (await tencent.VerifyByAsymmetricKey({ ...ask, SignatureValue })).SignatureValid
    expect(await valid(Signature)).toBe(true)
    expect(await valid(Buffer.alloc(64, 1).toString('base64'))).toBe(false)
  })

  it('signs with SM2, by both, as the openssl command verifies', async () => {
    const { KeyId = '' } = await tencent.CreateKey({ Alias: 'sm2-sign', KeyUsage: 'ASYMMETRIC_SIGN_VERIFY_SM2' })
    const { PublicKeyPem } = await tencent.GetPublicKey({ KeyId })
    const ask = { KeyId, Message: message.toString('base64'), MessageType: 'RAW', Algorithm: 'SM2DSA' }
    const { Signature = '' } = await tencent.SignByAsymmetricKey(ask)
    await opensslSm2Verify(running.dir, PublicKeyPem, message, Buffer.from(Signature, 'base64'))
    const byAws = await aws.send(new SignCommand({ KeyId, Message: message, SigningAlgorithm: 'SM2DSA' }))
    await opensslSm2Verify(running.dir, PublicKeyPem, message, Buffer.from(byAws.Signature ?? []))
    expect(await tencent.VerifyByAsymmetricKey({ ...ask, SignatureValue: Signature })).toMatchObject({
      SignatureValid: true,
    })
  })

  it('decrypts what OpenSSL encrypted to its RSA key', async () => {
    const { KeyId = '' } = await tencent.CreateKey({ Alias: 'rsa-decrypt', KeyUsage: 'ASYMMETRIC_DECRYPT_RSA_2048' })
    const { PublicKeyPem } = await tencent.GetPublicKey({ KeyId })
    for (const [Algorithm, padding, oaepHash] of [
      ['RSAES_OAEP_SHA_1', constants.RSA_PKCS1_OAEP_PADDING, 'sha1'],
      ['RSAES_OAEP_SHA_256', constants.RSA_PKCS1_OAEP_PADDING, 'sha256'],
      ['RSAES_PKCS1_V1_5', constants.RSA_PKCS1_PADDING, undefined],
    ] as const) {
      const options = { key: PublicKeyPem, padding, ...(oaepHash === undefined ? {} : { oaepHash }) }
      const Ciphertext = publicEncrypt(options, message).toString('base64')
      const { Plaintext } = await tencent.AsymmetricRsaDecrypt({ KeyId, Ciphertext, Algorithm })
      expect(Plaintext).toBe(message.toString('base64'))
    }
    const Ciphertext = Buffer.alloc(256, 1).toString('base64')
    await expect(tencent.AsymmetricRsaDecrypt({ KeyId, Ciphertext, Algorithm: 'RSAES_OAEP_SHA_256' })).rejects.toThrow(
      codedWith('FailedOperation.DecryptError'),
    )
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const sealed = await aws.send(new EncryptCommand({ KeyId, Plaintext: message, EncryptionAlgorithm }))
    const { CiphertextBlob } = sealed
    const opened = await aws.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }))
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(message)
  })

  it('decrypts what the openssl command encrypted to its SM2 key, in each form', async () => {
    const { KeyId = '' } = await tencent.CreateKey({ Alias: 'sm2-decrypt', KeyUsage: 'ASYMMETRIC_DECRYPT_SM2' })
    const { PublicKeyPem } = await tencent.GetPublicKey({ KeyId })
    const asn1 = await opensslSm2Encrypt(running.dir, PublicKeyPem, message)
    const raw = await aws.send(new EncryptCommand({ KeyId, Plaintext: message, EncryptionAlgorithm: 'SM2PKE' }))
    const bytes = Buffer.from(raw.CiphertextBlob ?? [])
    for (const form of [asn1, bytes, bytes.subarray(1)]) {
      const { Plaintext } = await tencent.AsymmetricSm2Decrypt({ KeyId, Ciphertext: form.toString('base64') })
      expect(Plaintext).toBe(message.toString('base64'))
    }
  })

  it('makes and checks MACs', async () => {
    const KeyId = await newKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const ask = { KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_256' as const }
    const { Mac } = await aws.send(new GenerateMacCommand(ask))
    expect(Mac).toHaveLength(32)
    expect(await aws.send(new VerifyMacCommand({ ...ask, Mac }))).toMatchObject({ MacValid: true })
    const other = createHmac('sha256', 'another key').update(message).digest()
    await expect(aws.send(new VerifyMacCommand({ ...ask, Mac: other }))).rejects.toThrow(
      expect.objectContaining({ name: 'KMSInvalidMacException' }),
    )
  })

  it('answers plaintext only to the public key that is given', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const EncryptionPublicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const to = { EncryptionPublicKey, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }
    const made = await tencent.GenerateDataKey({ KeyId: 'alias/s3', KeySpec: 'AES_256', ...to })
    const open = (base64 = '') => privateDecrypt({ key: privateKey, oaepHash: 'sha256' }, Buffer.from(base64, 'base64'))
    expect(open(made.Plaintext)).toHaveLength(32)
    const CiphertextBlob = made.CiphertextBlob ?? ''
    const again = await tencent.Decrypt({ CiphertextBlob, ...to })
    expect(open(again.Plaintext)).toEqual(open(made.Plaintext))
    await expect(tencent.Decrypt({ CiphertextBlob, EncryptionPublicKey: 'nonsense' })).rejects.toThrow(
      codedWith('FailedOperation.EncryptionError'),
    )
  })

  it('makes data key pairs', async () => {
    const ask = { KeyId: 'alias/s3', KeyPairSpec: 'ECC_NIST_P256' as const, EncryptionContext: { a: 'b' } }
    const pair = await aws.send(new GenerateDataKeyPairCommand(ask))
    const opened = await aws.send(
      new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob, EncryptionContext: { a: 'b' } }),
    )
    expect(opened.Plaintext).toEqual(pair.PrivateKeyPlaintext)
    const without = await aws.send(new GenerateDataKeyPairWithoutPlaintextCommand(ask))
    expect(without).not.toHaveProperty('PrivateKeyPlaintext')
  })

  it('refuses a key that is for something else', async () => {
    const KeyId = await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    await expect(aws.send(new EncryptCommand({ KeyId, Plaintext: message }))).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidKeyUsageException' }),
    )
    await expect(tencent.GetPublicKey({ KeyId: 'alias/s3' })).rejects.toThrow(
      codedWith('InvalidParameterValue.InvalidKeyUsage'),
    )
  })
})
