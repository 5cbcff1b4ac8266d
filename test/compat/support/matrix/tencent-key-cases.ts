import type { Case } from './case.ts'
import type { OnKey } from './on-key.ts'
import { ecc, sm2, sm2Signing, sym } from './on-key.ts'
import type { World } from './world.ts'

const used = { disabled: 'KeyDisabled', pending: 'KeyPendingDelete' } as const
const edited = { disabled: 'ok', pending: 'InvalidState' } as const
const read = { disabled: 'ok', pending: 'ok' } as const
const EncryptionContext = JSON.stringify({ tenant: '7', é: '虎' })
const context = { tenant: '7', é: '虎' }
const Algorithm = 'SM2DSA'

async function signature(world: World, keyId: string): Promise<Buffer> {
  const asked = { keyId, message: world.plaintext, messageType: 'RAW', algorithm: Algorithm } as const
  return Buffer.from((await world.keys.sign(asked)).signature)
}

const binding = { ProductId: 'cos', ResourceId: 'bucket' }

/** The actions on one key. */
export const tencentOnKey: readonly OnKey[] = [
  {
    action: 'Encrypt',
    request: (world, KeyId) => ({ KeyId, Plaintext: world.plaintext, EncryptionContext }),
    wrongKind: { kind: sm2, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'Decrypt',
    request: async (world, KeyId) => ({ CiphertextBlob: await world.blob(KeyId, context), EncryptionContext }),
    answer: (_, world) => ({ Plaintext: world.plaintext.toString('base64') }),
    ...used,
  },
  {
    action: 'ReEncrypt',
    request: async (world, KeyId) => ({
      CiphertextBlob: await world.blob(KeyId, context),
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: await world.shared(sym),
    }),
    answer: () => ({ ReEncrypted: true }),
    ...used,
  },
  {
    action: 'GenerateDataKey',
    request: (_, KeyId) => ({ KeyId, KeySpec: 'AES_128', EncryptionContext }),
    wrongKind: { kind: sm2, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'DescribeKey',
    request: (_, KeyId) => ({ KeyId }),
    answer: ({ KeyId }) => ({ KeyMetadata: { KeyId, KeyState: 'Enabled' } }),
    ...read,
  },
  { action: 'EnableKey', request: (_, KeyId) => ({ KeyId }), ...edited },
  { action: 'DisableKey', request: (_, KeyId) => ({ KeyId }), ...edited },
  {
    action: 'ArchiveKey',
    request: (_, KeyId) => ({ KeyId }),
    disabled: 'InvalidState',
    pending: 'InvalidState',
  },
  {
    action: 'UpdateKeyDescription',
    request: (_, KeyId) => ({ KeyId, Description: '虎符' }),
    ...edited,
  },
  { action: 'UpdateAlias', request: (world, KeyId) => ({ KeyId, Alias: world.name() }), ...edited },
  { action: 'BindCloudResource', request: (_, KeyId) => ({ KeyId, ...binding }), ...edited },
  { action: 'EnableKeyRotation', request: (_, KeyId) => ({ KeyId }), ...used },
  { action: 'DisableKeyRotation', request: (_, KeyId) => ({ KeyId }), ...edited },
  {
    action: 'GetKeyRotationStatus',
    request: (_, KeyId) => ({ KeyId }),
    answer: () => ({ KeyRotationEnabled: false }),
    ...read,
  },
  {
    action: 'RotateKey',
    request: (_, KeyId) => ({ KeyId }),
    wrongKind: { kind: ecc, outcome: 'RotationNotSupported' },
    ...used,
  },
  {
    action: 'GetPublicKey',
    kind: sm2Signing,
    request: (_, KeyId) => ({ KeyId }),
    wrongKind: { kind: sym, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'SignByAsymmetricKey',
    kind: sm2Signing,
    request: (world, KeyId) => ({ KeyId, Message: world.plaintext, MessageType: 'RAW', Algorithm }),
    wrongKind: { kind: sm2, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'VerifyByAsymmetricKey',
    kind: sm2Signing,
    request: async (world, KeyId) => ({
      KeyId,
      Message: world.plaintext,
      MessageType: 'RAW',
      Algorithm,
      SignatureValue: await signature(world, KeyId),
    }),
    answer: () => ({ SignatureValid: true }),
    wrongKind: { kind: sm2, outcome: 'InvalidKeyUsage' },
    ...used,
  },
  {
    action: 'AsymmetricSm2Decrypt',
    kind: sm2,
    request: async (world, KeyId) => ({ KeyId, Ciphertext: await world.underPublicKey(KeyId) }),
    answer: (_, world) => ({ Plaintext: world.plaintext.toString('base64') }),
    wrongKind: { kind: sm2Signing, outcome: 'InvalidKeyUsage' },
    ...used,
  },
]

const scheduled = { PendingWindowInDays: 7 }

const oneKey = (
  action: string,
  of: string,
  outcome: Case['outcome'],
  make: (world: World) => Promise<string> | string,
  more: object = {},
): Case => ({ action, of, outcome, request: async (world) => ({ KeyId: await make(world), ...more }) })

const keyIn = (state: 'Disabled' | 'Archived' | 'PendingDelete') => async (world: World) => {
  const keyId = await world.key()
  await world.put(keyId, state)
  return keyId
}

const bound = async (world: World) => {
  const keyId = await world.key()
  await world.keys.bindResource(keyId, { product: 'cos', resource: 'bucket' })
  return keyId
}

const boundAndDisabled = async (world: World) => {
  const keyId = await bound(world)
  await world.put(keyId, 'Disabled')
  return keyId
}

const unknown = (world: World) => world.unknown
const enabled = (world: World) => world.shared(sym)

/** The same on keys in particular states, and of what goes wrong besides. */
export const tencentKeyCases: readonly Case[] = [
  oneKey('ScheduleKeyDeletion', 'a disabled key', 'ok', keyIn('Disabled'), scheduled),
  oneKey('ScheduleKeyDeletion', 'an enabled key', 'KeyNotDisabled', enabled, scheduled),
  oneKey('ScheduleKeyDeletion', 'a key that is to be deleted', 'InvalidState', keyIn('PendingDelete'), scheduled),
  oneKey('ScheduleKeyDeletion', 'a bound key', 'KeyBound', boundAndDisabled, scheduled),
  oneKey('ScheduleKeyDeletion', 'an unknown key', 'KeyNotFound', unknown, scheduled),
  oneKey('ScheduleKeyDeletion', 'too short a window', 'InvalidPendingWindow', enabled, { PendingWindowInDays: 6 }),
  oneKey('CancelKeyDeletion', 'a key that is to be deleted', 'ok', keyIn('PendingDelete')),
  oneKey('CancelKeyDeletion', 'an enabled key', 'KeyNotPendingDelete', enabled),
  oneKey('CancelKeyDeletion', 'an unknown key', 'KeyNotFound', unknown),
  oneKey('CancelKeyArchive', 'an archived key', 'ok', keyIn('Archived')),
  oneKey('CancelKeyArchive', 'an enabled key', 'InvalidState', enabled),
  oneKey('EnableKey', 'an archived key', 'InvalidState', keyIn('Archived')),
  oneKey('CancelKeyArchive', 'an unknown key', 'KeyNotFound', unknown),
  oneKey('Encrypt', 'an archived key', 'KeyArchived', keyIn('Archived'), { Plaintext: 'eA==' }),
  oneKey('UnbindCloudResource', 'a bound key', 'ok', bound, binding),
  oneKey('UnbindCloudResource', 'a key that is not bound', 'BindingNotFound', enabled, binding),
  oneKey('UnbindCloudResource', 'an unknown key', 'KeyNotFound', unknown, binding),
  oneKey('UpdateAlias', 'a name that is another key', 'AliasAlreadyExists', enabled, { Alias: 's3' }),
  oneKey('UpdateAlias', 'a name that is none', 'InvalidAlias', enabled, { Alias: '-a' }),
  oneKey('Encrypt', 'one byte too many', 'PlaintextTooLarge', enabled, { Plaintext: Buffer.alloc(4097) }),
  oneKey('Encrypt', 'an unknown parameter', 'UnknownParameter', enabled, { Plaintext: 'eA==', Nonsense: '1' }),
  oneKey('Encrypt', 'no plaintext', 'MissingParameter', enabled),
  oneKey('Encrypt', 'a context that is no JSON', 'InvalidParameter', enabled, {
    Plaintext: 'eA==',
    EncryptionContext: '{',
  }),
  oneKey('GenerateDataKey', 'one byte too many', 'InvalidParameter', enabled, { NumberOfBytes: 1025 }),
  {
    action: 'Decrypt',
    of: 'another context',
    outcome: 'DecryptionFailed',
    request: async (world) => ({ CiphertextBlob: await world.blob(await world.shared(sym), context) }),
  },
  {
    action: 'ReEncrypt',
    of: 'no ciphertext of ours',
    outcome: 'DecryptionFailed',
    request: () => ({ CiphertextBlob: Buffer.alloc(60, 1) }),
  },
  {
    action: 'VerifyByAsymmetricKey',
    of: 'the signature of something else',
    outcome: 'ok',
    request: async (world) => {
      const KeyId = await world.shared(sm2Signing)
      const SignatureValue = await signature(world, KeyId)
      return { KeyId, Message: Buffer.from('retreat'), MessageType: 'RAW', Algorithm, SignatureValue }
    },
    answer: () => ({ SignatureValid: false }),
  },
]
