import {
  createECDH,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from 'node:crypto'
import {
  CreateKeyCommand,
  DeriveSharedSecretCommand,
  DescribeKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  type KeySpec,
  type KMSClient,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const message = Buffer.from('曲线')
/** What a SubjectPublicKeyInfo has before the point (GB/T 35276). */
const SM2_SPKI = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex')
const spki = (der: Uint8Array | undefined): KeyObject =>
  createPublicKey({ key: Buffer.from(der ?? []), type: 'spki', format: 'der' })
const nameOf = (error: unknown) => (error instanceof Error ? error.name : error)

describe.each(Object.entries(backends))('on %s', (_name, open) => {
  let running: KmsServer
  let aws: KMSClient

  beforeAll(async () => {
    running = await startKms(open)
    aws = awsClient(running)
  })
  afterAll(async () => {
    aws?.destroy()
    await running?.close()
  })

  async function newKey(spec: string, use: 'SIGN_VERIFY' | 'KEY_AGREEMENT' | 'GENERATE_VERIFY_MAC'): Promise<string> {
    const { KeyMetadata } = await aws.send(new CreateKeyCommand({ KeySpec: spec as KeySpec, KeyUsage: use }))
    return KeyMetadata?.KeyId ?? ''
  }

  it.each([
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256', 'ECC_P256_R1'],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384', 'ECC_P384_R1'],
    ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512', 'ECC_P521_R1'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', null, 'ED25519'],
  ] as const)('%s signs with %s, which node:crypto verifies', async (spec, SigningAlgorithm, digest, tencentName) => {
    const KeyId = await newKey(spec, 'SIGN_VERIFY')
    const asked = { KeyId, Message: message, SigningAlgorithm }
    const { Signature } = await aws.send(new SignCommand(asked))
    const shown = await aws.send(new GetPublicKeyCommand({ KeyId }))
    expect(shown).toMatchObject({ KeySpec: spec, KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: [SigningAlgorithm] })
    expect(verify(digest, message, spki(shown.PublicKey), Signature ?? new Uint8Array())).toBe(true)
    expect((await aws.send(new VerifyCommand({ ...asked, Signature }))).SignatureValid).toBe(true)
    const wrong = new VerifyCommand({ ...asked, Message: Buffer.from('another'), Signature })
    await expect(aws.send(wrong)).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' })
    const tencent = { KeyId, Message: message.toString('base64'), Algorithm: tencentName }
    const signed = await tencentClient(running).SignByAsymmetricKey(tencent)
    const SignatureValue = signed.Signature ?? ''
    const verified = await tencentClient(running).VerifyByAsymmetricKey({ ...tencent, SignatureValue })
    expect(verified.SignatureValid).toBe(true)
  })

  it.each([
    ['ECC_NIST_P256', 'P-256'],
    ['ECC_NIST_P384', 'P-384'],
    ['ECC_NIST_P521', 'P-521'],
  ])('%s agrees on the secret that its peer computes', async (spec, namedCurve) => {
    const KeyId = await newKey(spec, 'KEY_AGREEMENT')
    const peer = generateKeyPairSync('ec', { namedCurve })
    const PublicKey = peer.publicKey.export({ type: 'spki', format: 'der' })
    const asked = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey } as const
    const { SharedSecret, KeyOrigin } = await aws.send(new DeriveSharedSecretCommand(asked))
    const shown = await aws.send(new GetPublicKeyCommand({ KeyId }))
    expect(shown).toMatchObject({ KeyUsage: 'KEY_AGREEMENT', KeyAgreementAlgorithms: ['ECDH'] })
    expect(KeyOrigin).toBe('AWS_KMS')
    const { KeyMetadata } = await aws.send(new DescribeKeyCommand({ KeyId }))
    expect(KeyMetadata?.KeyAgreementAlgorithms).toEqual(['ECDH'])
    const theirs = diffieHellman({ privateKey: peer.privateKey, publicKey: spki(shown.PublicKey) })
    expect(Buffer.from(SharedSecret ?? []).equals(theirs)).toBe(true)
    expect(SharedSecret).toHaveLength({ 'P-384': 48, 'P-521': 66 }[namedCurve] ?? 32)
    const wrong = new DeriveSharedSecretCommand({ ...asked, PublicKey: Buffer.from('no key') })
    expect(await aws.send(wrong).catch(nameOf)).toBe('ValidationException')
    const signing = new SignCommand({ KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' })
    expect(await aws.send(signing).catch(nameOf)).toBe('InvalidKeyUsageException')
  })

  it('SM2 agrees on the secret that its peer computes', async () => {
    const KeyId = await newKey('SM2', 'KEY_AGREEMENT')
    const peer = createECDH('SM2')
    const PublicKey = Buffer.concat([SM2_SPKI, peer.generateKeys()])
    const asked = new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey })
    const { SharedSecret } = await aws.send(asked)
    const shown = await aws.send(new GetPublicKeyCommand({ KeyId }))
    const theirs = peer.computeSecret(Buffer.from(shown.PublicKey ?? []).subarray(-65))
    expect(Buffer.from(SharedSecret ?? []).equals(theirs)).toBe(true)
  })

  it('a key that signs agrees on nothing', async () => {
    const KeyId = await newKey('ECC_NIST_P256', 'SIGN_VERIFY')
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const PublicKey = publicKey.export({ type: 'spki', format: 'der' })
    const asked = new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey })
    expect(await aws.send(asked).catch(nameOf)).toBe('InvalidKeyUsageException')
  })

  it.each([
    ['HMAC_224', 'HMAC_SHA_224', 28],
    ['HMAC_256', 'HMAC_SHA_256', 32],
    ['HMAC_384', 'HMAC_SHA_384', 48],
    ['HMAC_512', 'HMAC_SHA_512', 64],
  ] as const)('%s makes MACs of %s', async (spec, MacAlgorithm, size) => {
    const KeyId = await newKey(spec, 'GENERATE_VERIFY_MAC')
    const asked = { KeyId, Message: message, MacAlgorithm }
    const { Mac } = await aws.send(new GenerateMacCommand(asked))
    expect(Mac).toHaveLength(size)
    expect((await aws.send(new VerifyMacCommand({ ...asked, Mac }))).MacValid).toBe(true)
    const forged = createHmac('sha256', 'another key').update(message).digest()
    const wrong = new VerifyMacCommand({ ...asked, Mac: forged })
    expect(await aws.send(wrong).catch(nameOf)).toBe('KMSInvalidMacException')
    const other = MacAlgorithm === 'HMAC_SHA_256' ? 'HMAC_SHA_512' : 'HMAC_SHA_256'
    const mixed = new GenerateMacCommand({ ...asked, MacAlgorithm: other })
    expect(await aws.send(mixed).catch(nameOf)).toBe('InvalidKeyUsageException')
  })

  it.each(['ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_NIST_EDWARDS25519'] as const)(
    'gives data key pairs of %s',
    async (KeyPairSpec) => {
      const { KeyMetadata } = await aws.send(new CreateKeyCommand({}))
      const pair = await aws.send(new GenerateDataKeyPairCommand({ KeyId: KeyMetadata?.KeyId, KeyPairSpec }))
      expect(spki(pair.PublicKey).type).toBe('public')
    },
  )
})
