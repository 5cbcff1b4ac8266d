import type { Case, Parameters } from './case.ts'
import { onKeyCases, sym } from './on-key.ts'
import type { World } from './world.ts'

const hybrid = { spec: 'ML_KEM_768_X25519', use: 'ENCRYPT_DECRYPT' } as const
const lattice = { spec: 'ML_DSA_65', use: 'SIGN_VERIFY' } as const
const used = { disabled: 'KeyDisabled', pending: 'KeyPendingDelete' } as const

async function sealed(world: World, keyId: string): Promise<Buffer> {
  return Buffer.from((await world.keys.postQuantumEncrypt(keyId, world.plaintext)).ciphertext)
}

async function signature(world: World, keyId: string): Promise<Buffer> {
  const asked = { keyId, message: world.plaintext, messageType: 'RAW', algorithm: 'ML_DSA_SHAKE_256' } as const
  return Buffer.from((await world.keys.sign(asked)).signature)
}

const encrypting = (of: string, outcome: Case['outcome'], plaintext: Buffer): Case => ({
  action: 'PostQuantumCryptoEncrypt',
  of,
  outcome,
  request: async (world) => ({ KeyId: await world.shared(hybrid), PlainText: plaintext }),
})

const decrypting = (of: string, outcome: Case['outcome'], of2: (blob: Buffer) => Parameters): Case => ({
  action: 'PostQuantumCryptoDecrypt',
  of,
  outcome,
  request: async (world) => of2(await sealed(world, await world.shared(hybrid))),
})

function flipped(blob: Buffer): Buffer {
  blob.writeUInt8(blob.readUInt8(blob.length - 1) ^ 1, blob.length - 1)
  return blob
}

/** The actions on keys that a quantum computer does not break. */
export const tencentPostQuantumCases: readonly Case[] = [
  ...onKeyCases({
    action: 'PostQuantumCryptoEncrypt',
    kind: hybrid,
    request: (world, KeyId) => ({ KeyId, PlainText: world.plaintext }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  }),
  ...onKeyCases({
    action: 'PostQuantumCryptoSign',
    kind: lattice,
    request: (world, KeyId) => ({ KeyId, Message: world.plaintext }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  }),
  ...onKeyCases({
    action: 'PostQuantumCryptoVerify',
    kind: lattice,
    request: async (world, KeyId) => ({
      KeyId,
      Message: world.plaintext,
      SignatureValue: await signature(world, KeyId),
    }),
    answer: () => ({ SignatureValid: true }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  }),
  encrypting('4,096 bytes', 'ok', Buffer.alloc(4096)),
  encrypting('one byte too many', 'PlaintextTooLarge', Buffer.alloc(4097)),
  encrypting('no byte', 'PlaintextTooLarge', Buffer.alloc(0)),
  {
    action: 'PostQuantumCryptoEncrypt',
    of: 'an archived key',
    outcome: 'KeyArchived',
    async request(world) {
      const KeyId = await world.key(hybrid)
      await world.put(KeyId, 'Archived')
      return { KeyId, PlainText: world.plaintext }
    },
  },
  decrypting('a ciphertext', 'ok', (CiphertextBlob) => ({ CiphertextBlob })),
  decrypting('a flipped bit', 'DecryptionFailed', (blob) => ({ CiphertextBlob: flipped(blob) })),
  decrypting('no base64', 'DecryptionFailed', () => ({ CiphertextBlob: '*' })),
  decrypting('a key to answer to that is none', 'RecipientInvalid', (CiphertextBlob) => ({
    CiphertextBlob,
    EncryptionPublicKey: 'no PEM',
  })),
  {
    action: 'PostQuantumCryptoDecrypt',
    of: 'a disabled key',
    outcome: 'KeyDisabled',
    async request(world) {
      const keyId = await world.key(hybrid)
      const CiphertextBlob = await sealed(world, keyId)
      await world.put(keyId, 'Disabled')
      return { CiphertextBlob }
    },
  },
]
