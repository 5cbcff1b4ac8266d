import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Case } from './case.ts'
import { agreement, ecc, hmac, kem, type OnKey, rsa, rsaSigning, sym } from './on-key.ts'
import type { World } from './world.ts'

const used = { disabled: 'KeyDisabled', pending: 'KeyPendingDelete', dryRun: true } as const
const EncryptionContext = { tenant: '7', é: '虎' }
const SigningAlgorithm = 'ECDSA_SHA_256'
const MacAlgorithm = 'HMAC_SHA_256'

async function signature(world: World, keyId: string): Promise<Buffer> {
  const asked = { keyId, message: world.plaintext, messageType: 'RAW', algorithm: SigningAlgorithm } as const
  return Buffer.from((await world.keys.sign(asked)).signature)
}

const mac = async (world: World, keyId: string) =>
  Buffer.from((await world.keys.generateMac(keyId, world.plaintext)).mac)

const encapsulation = async (world: World, keyId: string) =>
  Buffer.from((await world.keys.encapsulate(keyId)).encapsulation)

const EncapsulationAlgorithm = 'ML_KEM'

const peerKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' })

/** The actions that use a key. */
export const awsUses: readonly OnKey[] = [
  {
    action: 'Encrypt',
    request: (world, KeyId) => ({ KeyId, Plaintext: world.plaintext, EncryptionContext }),
    answer: () => ({ EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }),
    wrongKind: { kind: hmac, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'Decrypt',
    request: async (world, KeyId) => ({
      CiphertextBlob: await world.blob(KeyId, EncryptionContext),
      EncryptionContext,
    }),
    answer: (_, world) => ({ Plaintext: world.plaintext.toString('base64') }),
    ...used,
  },
  {
    action: 'ReEncrypt',
    request: async (world, KeyId) => ({
      CiphertextBlob: await world.blob(KeyId, EncryptionContext),
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: await world.shared(sym),
    }),
    answer: () => ({ DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }),
    ...used,
  },
  ...['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'].map(
    (action): OnKey => ({
      action,
      request: (_, KeyId) => ({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
      wrongKind: { kind: hmac, outcome: 'InvalidKeyUsage' },
      ...used,
    }),
  ),
  ...['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'].map(
    (action): OnKey => ({
      action,
      request: (_, KeyId) => ({ KeyId, KeyPairSpec: 'ECC_NIST_P256', EncryptionContext }),
      answer: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
      wrongKind: { kind: hmac, outcome: 'InvalidKeyUsage' },
      ...used,
    }),
  ),
  {
    action: 'Sign',
    kind: ecc,
    request: (world, KeyId) => ({ KeyId, Message: world.plaintext, MessageType: 'RAW', SigningAlgorithm }),
    answer: () => ({ SigningAlgorithm }),
    wrongKind: { kind: rsa, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'Verify',
    kind: ecc,
    request: async (world, KeyId) => ({
      KeyId,
      Message: world.plaintext,
      MessageType: 'RAW',
      SigningAlgorithm,
      Signature: await signature(world, KeyId),
    }),
    answer: () => ({ SignatureValid: true }),
    wrongKind: { kind: rsa, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'GenerateMac',
    kind: hmac,
    request: (world, KeyId) => ({ KeyId, Message: world.plaintext, MacAlgorithm }),
    answer: () => ({ MacAlgorithm }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'VerifyMac',
    kind: hmac,
    request: async (world, KeyId) => ({
      KeyId,
      Message: world.plaintext,
      MacAlgorithm,
      Mac: await mac(world, KeyId),
    }),
    answer: () => ({ MacValid: true }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'DeriveSharedSecret',
    kind: agreement,
    request: (_, KeyId) => ({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: peerKey() }),
    answer: () => ({ KeyAgreementAlgorithm: 'ECDH' }),
    wrongKind: { kind: ecc, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'Encapsulate',
    kind: kem,
    request: (_, KeyId) => ({ KeyId, EncapsulationAlgorithm }),
    answer: () => ({ EncapsulationAlgorithm }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'Decapsulate',
    kind: kem,
    request: async (world, KeyId) => ({
      KeyId,
      EncapsulationAlgorithm,
      SharedSecretCiphertextBlob: await encapsulation(world, KeyId),
    }),
    answer: () => ({ EncapsulationAlgorithm }),
    wrongKind: { kind: agreement, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'GetPublicKey',
    kind: ecc,
    request: (_, KeyId) => ({ KeyId }),
    answer: () => ({ KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    disabled: 'KeyDisabled',
    pending: 'KeyPendingDelete',
  },
]

/** What else goes wrong with them. */
export const awsUseCases: readonly Case[] = [
  {
    action: 'Encrypt',
    of: 'one byte too many',
    outcome: 'PlaintextTooLarge',
    request: async (world) => ({ KeyId: await world.shared(sym), Plaintext: Buffer.alloc(4097) }),
  },
  {
    action: 'Encrypt',
    of: 'the most bytes',
    outcome: 'ok',
    request: async (world) => ({ KeyId: await world.shared(sym), Plaintext: Buffer.alloc(4096) }),
  },
  {
    action: 'Encrypt',
    of: 'an RSA key that signs',
    outcome: 'InvalidKeyUsage',
    request: async (world) => ({
      KeyId: await world.shared(rsaSigning),
      Plaintext: world.plaintext,
      EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    }),
  },
  {
    action: 'Decrypt',
    of: 'another context',
    outcome: 'DecryptionFailed',
    request: async (world) => ({ CiphertextBlob: await world.blob(await world.shared(sym), EncryptionContext) }),
  },
  {
    action: 'Decrypt',
    of: 'no ciphertext of ours',
    outcome: 'DecryptionFailed',
    request: () => ({ CiphertextBlob: randomBytes(60) }),
  },
  {
    action: 'Decrypt',
    of: 'another key',
    outcome: 'KeyMismatch',
    request: async (world) => ({
      CiphertextBlob: await world.blob(await world.shared(sym)),
      KeyId: await world.key(),
    }),
  },
  {
    action: 'Decrypt',
    of: 'an RSA key that signs',
    outcome: 'InvalidKeyUsage',
    request: async (world) => ({
      KeyId: await world.shared(rsaSigning),
      CiphertextBlob: randomBytes(256),
      EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    }),
  },
  {
    action: 'ReEncrypt',
    of: 'no ciphertext of ours',
    outcome: 'DecryptionFailed',
    request: async (world) => ({ CiphertextBlob: randomBytes(60), DestinationKeyId: await world.shared(sym) }),
  },
  {
    action: 'ReEncrypt',
    of: 'another source key',
    outcome: 'KeyMismatch',
    request: async (world) => ({
      CiphertextBlob: await world.blob(await world.shared(sym)),
      SourceKeyId: await world.key(),
      DestinationKeyId: await world.shared(sym),
    }),
  },
  {
    action: 'ReEncrypt',
    of: 'a destination that makes MACs',
    outcome: 'InvalidKeyUsage',
    request: async (world) => ({
      CiphertextBlob: await world.blob(await world.shared(sym)),
      DestinationKeyId: await world.shared(hmac),
    }),
  },
  {
    action: 'Verify',
    of: 'the signature of something else, DryRun',
    outcome: 'InvalidSignature',
    request: async (world) => {
      const KeyId = await world.shared(ecc)
      const Signature = await signature(world, KeyId)
      return { KeyId, Message: Buffer.from('retreat'), SigningAlgorithm, Signature, DryRun: true }
    },
  },
  {
    action: 'Verify',
    of: 'the signature of something else',
    outcome: 'InvalidSignature',
    request: async (world) => {
      const KeyId = await world.shared(ecc)
      const Signature = await signature(world, KeyId)
      return { KeyId, Message: Buffer.from('retreat'), SigningAlgorithm, Signature }
    },
  },
  {
    action: 'VerifyMac',
    of: 'the MAC of something else, DryRun',
    outcome: 'MacMismatch',
    request: async (world) => {
      const KeyId = await world.shared(hmac)
      return { KeyId, Message: Buffer.from('retreat'), MacAlgorithm, Mac: await mac(world, KeyId), DryRun: true }
    },
  },
  {
    action: 'VerifyMac',
    of: 'the MAC of something else',
    outcome: 'MacMismatch',
    request: async (world) => {
      const KeyId = await world.shared(hmac)
      return { KeyId, Message: Buffer.from('retreat'), MacAlgorithm, Mac: await mac(world, KeyId) }
    },
  },
  {
    action: 'GenerateDataKey',
    of: 'one byte too many',
    outcome: 'InvalidParameter',
    request: async (world) => ({ KeyId: await world.shared(sym), NumberOfBytes: 1025 }),
  },
  ...[767, 769].map(
    (size): Case => ({
      action: 'Decapsulate',
      of: `${size} bytes where the key's have 768`,
      outcome: 'DecryptionFailed',
      request: async (world) => ({
        KeyId: await world.shared(kem),
        EncapsulationAlgorithm,
        SharedSecretCiphertextBlob: randomBytes(size),
      }),
    }),
  ),
  { action: 'GenerateRandom', of: 'some bytes', outcome: 'ok', request: () => ({ NumberOfBytes: 1024 }) },
  {
    action: 'GenerateRandom',
    of: 'one byte too many',
    outcome: 'InvalidParameter',
    request: () => ({ NumberOfBytes: 1025 }),
  },
]
