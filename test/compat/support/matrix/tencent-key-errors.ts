import type { Case, Parameters } from './case.ts'
import { ecc, hmac, rsa, sm2, sm2Signing, sym } from './on-key.ts'
import type { World } from './world.ts'

const NO_NAME = 'not the name of a key'
const Plaintext = 'eA=='
const Alias = 'nobody'
const wrapping = { WrappingAlgorithm: 'SM2_C1C3C2_ASN1', WrappingKeySpec: 'SM2' }
const signing = { Message: Plaintext, Algorithm: 'SM2DSA' }
const binding = { ProductId: 'cos', ResourceId: 'bucket' }
const noBlob = Buffer.alloc(120, 1)

/** What the actions on one key need beside the key. */
const onOneKey: Readonly<Record<string, Parameters>> = {
  ArchiveKey: {},
  AsymmetricRsaDecrypt: { Ciphertext: noBlob, Algorithm: 'RSAES_OAEP_SHA_256' },
  AsymmetricSm2Decrypt: { Ciphertext: noBlob },
  BindCloudResource: binding,
  CancelKeyArchive: {},
  CancelKeyDeletion: {},
  DeleteImportedKeyMaterial: {},
  DescribeKey: {},
  DisableKey: {},
  DisableKeyRotation: {},
  EnableKey: {},
  EnableKeyRotation: {},
  Encrypt: { Plaintext },
  GenerateDataKey: {},
  GetKeyRotationStatus: {},
  GetParametersForImport: wrapping,
  GetPublicKey: {},
  ImportDataKey: { DataKeyName: Alias, ImportKeyMaterial: Plaintext, ImportType: 2 },
  ImportKeyMaterial: { EncryptedKeyMaterial: noBlob, ImportToken: noBlob },
  ListDataKeyDetail: {},
  PostQuantumCryptoEncrypt: { PlainText: Plaintext },
  PostQuantumCryptoSign: { Message: Plaintext },
  PostQuantumCryptoVerify: { Message: Plaintext, SignatureValue: Plaintext },
  RotateKey: {},
  ScheduleKeyDeletion: { PendingWindowInDays: 7 },
  SignByAsymmetricKey: signing,
  UnbindCloudResource: binding,
  UpdateAlias: { Alias },
  UpdateKeyDescription: { Description: '' },
  VerifyByAsymmetricKey: { ...signing, SignatureValue: Plaintext },
}

const ofName = (action: string, more: Parameters): readonly Case[] => [
  { action, of: 'what is no name of a key', outcome: 'InvalidKeyId', request: () => ({ KeyId: NO_NAME, ...more }) },
  { action, of: 'a key that is not there', outcome: 'KeyNotFound', request: (w) => ({ KeyId: w.unknown, ...more }) },
]

const batches = ['DescribeKeys', 'DisableKeys', 'EnableKeys'].map(
  (action): Case => ({
    action,
    of: 'what is no name of a key',
    outcome: 'InvalidKeyId',
    request: () => ({ KeyIds: [NO_NAME] }),
  }),
)

const doomedOf = (action: string): Case => ({
  action,
  of: 'a key that is to be deleted and another',
  outcome: 'InvalidState',
  request: async (world) => ({ KeyIds: [await doomed(world), await world.shared(sym)] }),
})

async function doomed(world: World): Promise<string> {
  const keyId = await world.key()
  await world.put(keyId, 'PendingDelete')
  return keyId
}

/** A key that waits for its material. */
const waiting = (world: World): Promise<string> => world.key({ origin: 'EXTERNAL' })

const on = (
  action: string,
  of: string,
  outcome: Case['outcome'],
  key: (world: World) => Promise<string>,
  more: Parameters = onOneKey[action] ?? {},
): Case => ({ action, of, outcome, request: async (world) => ({ KeyId: await key(world), ...more }) })

async function rotatedOften(world: World): Promise<string> {
  const keyId = await world.key()
  for (let times = 0; times < 25; times++) await world.keys.rotateKey(keyId)
  return keyId
}

/** A signature or a message is asked for, and left out. */
const without = (action: string, name: string): Case => ({
  action,
  of: `no ${name}`,
  outcome: 'MissingParameter',
  request: async (world) => ({ KeyId: await world.shared(sm2Signing), ...onOneKey[action], [name]: undefined }),
})

/** What Tencent documents of the actions on keys, beside what a key's state says. */
export const tencentKeyErrors: readonly Case[] = [
  ...Object.entries(onOneKey).flatMap(([action, more]) => ofName(action, more)),
  ...batches,
  doomedOf('EnableKeys'),
  doomedOf('DisableKeys'),
  {
    action: 'ReEncrypt',
    of: 'to what is no name of a key',
    outcome: 'InvalidKeyId',
    request: async (world) => ({
      CiphertextBlob: await world.blob(await world.shared(sym)),
      DestinationKeyId: NO_NAME,
    }),
  },
  on('EnableKeyRotation', 'a key that waits for its material', 'InvalidState', waiting),
  on('EnableKeyRotation', 'imported material', 'ExternalKeyNotRotated', (world) => world.imported()),
  on('RotateKey', 'a key that waits for its material', 'InvalidState', waiting),
  on('RotateKey', 'a key that was rotated 25 times in a year', 'RotationRateLimited', rotatedOften),
  on('ImportDataKey', 'a key that waits for its material', 'InvalidState', waiting),
  on('AsymmetricRsaDecrypt', 'a signing key', 'InvalidKeyUsage', (world) => world.shared(ecc)),
  on('AsymmetricSm2Decrypt', 'no ciphertext', 'PrivateDecryptionFailed', (world) => world.shared(sm2)),
  on('AsymmetricSm2Decrypt', 'no base64', 'PrivateDecryptionFailed', (world) => world.shared(sm2), { Ciphertext: '*' }),
  on('AsymmetricRsaDecrypt', 'too short a ciphertext', 'PrivateDecryptionFailed', (world) => world.shared(rsa)),
  on('GenerateDataKey', 'a key for MACs', 'InvalidKeyUsage', (world) => world.shared(hmac)),
  without('SignByAsymmetricKey', 'Message'),
  without('PostQuantumCryptoSign', 'Message'),
  {
    action: 'ImportKeyMaterial',
    of: 'a key of our own making',
    outcome: 'NotExternal',
    async request(world) {
      const { token, material } = await world.importing()
      return { KeyId: await world.shared(sym), ImportToken: token, EncryptedKeyMaterial: material }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'a key that is to be deleted',
    outcome: 'InvalidState',
    async request(world) {
      const { keyId, token, material } = await world.importing()
      await world.put(keyId, 'PendingDelete')
      return { KeyId: keyId, ImportToken: token, EncryptedKeyMaterial: material }
    },
  },
]
