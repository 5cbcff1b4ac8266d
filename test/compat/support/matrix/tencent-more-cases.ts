import type { Case } from './case.ts'
import { rsa, sym } from './on-key.ts'
import type { World } from './world.ts'

const Tags = [{ TagKey: 'team', TagValue: 'tiger' }]

/** The actions on no key, or on several. */
export const tencentServiceCases: readonly Case[] = [
  ...['GetRegions', 'GetServiceStatus', 'ListAlgorithms'].map(
    (action): Case => ({ action, of: 'the service', outcome: 'ok', request: () => ({}) }),
  ),
  { action: 'ListKeys', of: 'the first page', outcome: 'ok', request: () => ({ Limit: 2 }) },
  { action: 'ListKeys', of: 'too long a page', outcome: 'InvalidParameter', request: () => ({ Limit: 201 }) },
  { action: 'ListKeyDetail', of: 'all states', outcome: 'ok', request: () => ({ Limit: 2, KeyState: 0 }) },
  { action: 'ListKeyDetail', of: 'no state', outcome: 'InvalidParameter', request: () => ({ KeyState: 6 }) },
  { action: 'GenerateRandom', of: 'some bytes', outcome: 'ok', request: () => ({ NumberOfBytes: 1024 }) },
  {
    action: 'GenerateRandom',
    of: 'one byte too many',
    outcome: 'InvalidParameter',
    request: () => ({ NumberOfBytes: 1025 }),
  },
  {
    action: 'CreateKey',
    of: 'tags',
    outcome: 'ok',
    request: (world) => ({ Alias: world.name(), Description: 'a key', Tags }),
    answer: ({ Alias }) => ({ Alias, KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT' }),
  },
  {
    action: 'CreateKey',
    of: 'a tag twice',
    outcome: 'DuplicateTag',
    request: (world) => ({ Alias: world.name(), Tags: [...Tags, ...Tags] }),
  },
  { action: 'CreateKey', of: 'a name that is there', outcome: 'AliasAlreadyExists', request: () => ({ Alias: 's3' }) },
  { action: 'CreateKey', of: 'a name that is none', outcome: 'InvalidAlias', request: () => ({ Alias: 'kms-a' }) },
  {
    action: 'CreateKey',
    of: 'a usage that is none',
    outcome: 'InvalidKeyUsage',
    request: (world) => ({ Alias: world.name(), KeyUsage: 'NONE' }),
  },
  ...['EnableKeys', 'DisableKeys', 'DescribeKeys'].flatMap((action): Case[] => [
    {
      action,
      of: 'two keys',
      outcome: 'ok',
      request: async (world) => ({ KeyIds: [await world.key(), await world.key()] }),
    },
    { action, of: 'an unknown key', outcome: 'KeyNotFound', request: (world) => ({ KeyIds: [world.unknown] }) },
    {
      action,
      of: 'one key twice',
      outcome: 'DuplicateKeyId',
      request: async (world) => {
        const KeyId = await world.shared(sym)
        return { KeyIds: [KeyId, KeyId] }
      },
    },
  ]),
  {
    action: 'AsymmetricRsaDecrypt',
    of: 'a ciphertext of OpenSSL',
    outcome: 'ok',
    request: async (world) => {
      const KeyId = await world.shared(rsa)
      return { KeyId, Algorithm: 'RSAES_OAEP_SHA_256', Ciphertext: await world.underPublicKey(KeyId) }
    },
    answer: (_, world) => ({ Plaintext: world.plaintext.toString('base64') }),
  },
  {
    action: 'AsymmetricRsaDecrypt',
    of: 'no ciphertext',
    outcome: 'PrivateDecryptionFailed',
    request: async (world) => ({
      KeyId: await world.shared(rsa),
      Algorithm: 'RSAES_OAEP_SHA_256',
      Ciphertext: Buffer.alloc(256, 1),
    }),
  },
  {
    action: 'AsymmetricRsaDecrypt',
    of: 'a symmetric key',
    outcome: 'InvalidKeyUsage',
    request: async (world) => ({
      KeyId: await world.shared(sym),
      Algorithm: 'RSAES_OAEP_SHA_256',
      Ciphertext: Buffer.alloc(256, 1),
    }),
  },
]

const wrapping = { WrappingAlgorithm: 'SM2_C1C3C2_ASN1', WrappingKeySpec: 'SM2' }

/** Bring your own key. */
export const tencentImportCases: readonly Case[] = [
  {
    action: 'GetParametersForImport',
    of: 'a key that waits for it',
    outcome: 'ok',
    request: async (world) => ({ KeyId: await world.key({ origin: 'EXTERNAL' }), ...wrapping }),
  },
  {
    action: 'GetParametersForImport',
    of: 'a key of our own making',
    outcome: 'NotExternal',
    request: async (world) => ({ KeyId: await world.shared(sym), ...wrapping }),
  },
  {
    action: 'GetParametersForImport',
    of: 'an unknown key',
    outcome: 'KeyNotFound',
    request: (world) => ({ KeyId: world.unknown, ...wrapping }),
  },
  {
    action: 'ImportKeyMaterial',
    of: 'the material',
    outcome: 'ok',
    async request(world) {
      const { keyId, token, material } = await world.importing()
      return { KeyId: keyId, ImportToken: token, EncryptedKeyMaterial: material }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'material that does not decrypt',
    outcome: 'InvalidMaterial',
    async request(world) {
      const { keyId, token } = await world.importing()
      return { KeyId: keyId, ImportToken: token, EncryptedKeyMaterial: Buffer.alloc(140, 1) }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'no token of ours',
    outcome: 'ImportTokenInvalid',
    async request(world) {
      const { keyId, material } = await world.importing()
      return { KeyId: keyId, ImportToken: Buffer.alloc(200, 1), EncryptedKeyMaterial: material }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'other material than before',
    outcome: 'MaterialMismatch',
    async request(world) {
      const KeyId = await world.imported()
      const { token, material } = await world.importKit(KeyId)
      return { KeyId, ImportToken: token, EncryptedKeyMaterial: material }
    },
  },
  {
    action: 'RotateKey',
    of: 'imported material',
    outcome: 'ExternalKeyNotRotated',
    request: async (world) => ({ KeyId: await world.imported() }),
  },
  {
    action: 'DeleteImportedKeyMaterial',
    of: 'imported material',
    outcome: 'ok',
    request: async (world) => ({ KeyId: await world.imported() }),
  },
  {
    action: 'DeleteImportedKeyMaterial',
    of: 'a key that something uses',
    outcome: 'KeyBound',
    async request(world) {
      const KeyId = await world.imported()
      await world.keys.bindResource(KeyId, { product: 's3', resource: 'photos' })
      return { KeyId }
    },
  },
  {
    action: 'DeleteImportedKeyMaterial',
    of: 'a key that is to be deleted',
    outcome: 'InvalidState',
    async request(world) {
      const KeyId = await world.imported()
      await world.put(KeyId, 'PendingDelete')
      return { KeyId }
    },
  },
  {
    action: 'DeleteImportedKeyMaterial',
    of: 'a key of our own making',
    outcome: 'NotExternal',
    request: async (world) => ({ KeyId: await world.shared(sym) }),
  },
]

const onDataKey = (action: string, more: object = {}): readonly Case[] => [
  {
    action,
    of: 'a data key',
    outcome: 'ok',
    request: async (world) => ({ DataKeyId: await world.dataKey(), ...more }),
  },
  {
    action,
    of: 'an unknown data key',
    outcome: 'DataKeyNotFound',
    request: (world) => ({ DataKeyId: world.unknown, ...more }),
  },
]

const ofDataKeys = (action: string): readonly Case[] => [
  {
    action,
    of: 'two data keys',
    outcome: 'ok',
    request: async (world) => ({ DataKeyIds: [await world.dataKey(), await world.dataKey()] }),
  },
  {
    action,
    of: 'one data key twice',
    outcome: 'DuplicateDataKeyId',
    request: async (world) => {
      const DataKeyId = await world.dataKey()
      return { DataKeyIds: [DataKeyId, DataKeyId] }
    },
  },
]

async function disabledDataKey(world: World): Promise<string> {
  const dataKeyId = await world.dataKey()
  await world.keys.disableDataKeys([dataKeyId])
  return dataKeyId
}

async function doomedDataKey(world: World): Promise<string> {
  const dataKeyId = await disabledDataKey(world)
  await world.keys.scheduleDataKeyDeletion(dataKeyId, 7)
  return dataKeyId
}

/** Data keys that the KMS keeps. */
export const tencentDataKeyCases: readonly Case[] = [
  {
    action: 'GenerateDataKey',
    of: 'a data key to keep',
    outcome: 'ok',
    request: async (world) => ({ KeyId: await world.shared(sym), IsHostedByKms: 1, DataKeyName: world.name() }),
  },
  ...onDataKey('GetDataKeyPlaintext'),
  ...onDataKey('GetDataKeyCiphertextBlob'),
  ...onDataKey('DescribeDataKey'),
  ...onDataKey('EnableDataKey'),
  ...onDataKey('DisableDataKey'),
  ...onDataKey('UpdateDataKeyDescription', { Description: 'of the invoices' }),
  ...ofDataKeys('DescribeDataKeys'),
  ...ofDataKeys('EnableDataKeys'),
  ...ofDataKeys('DisableDataKeys'),
  {
    action: 'UpdateDataKeyName',
    of: 'a new name',
    outcome: 'ok',
    request: async (world) => ({ DataKeyId: await world.dataKey(), DataKeyName: world.name() }),
  },
  {
    action: 'UpdateDataKeyName',
    of: 'a name that is none',
    outcome: 'InvalidDataKeyName',
    request: async (world) => ({ DataKeyId: await world.dataKey(), DataKeyName: '-a' }),
  },
  {
    action: 'GetDataKeyPlaintext',
    of: 'a disabled data key',
    outcome: 'DataKeyDisabled',
    request: async (world) => ({ DataKeyId: await disabledDataKey(world) }),
  },
  {
    action: 'GetDataKeyPlaintext',
    of: 'a data key that is to be deleted',
    outcome: 'DataKeyPendingDelete',
    request: async (world) => ({ DataKeyId: await doomedDataKey(world) }),
  },
  {
    action: 'ScheduleDataKeyDeletion',
    of: 'a disabled data key',
    outcome: 'ok',
    request: async (world) => ({ DataKeyId: await disabledDataKey(world), PendingWindowInDays: 7 }),
  },
  {
    action: 'CancelDataKeyDeletion',
    of: 'a data key that is to be deleted',
    outcome: 'ok',
    request: async (world) => ({ DataKeyId: await doomedDataKey(world) }),
  },
  {
    action: 'CancelDataKeyDeletion',
    of: 'a data key that is not',
    outcome: 'DataKeyNotPendingDelete',
    request: async (world) => ({ DataKeyId: await world.dataKey() }),
  },
  {
    action: 'ImportDataKey',
    of: 'a plaintext',
    outcome: 'ok',
    request: async (world) => ({
      DataKeyName: world.name(),
      ImportKeyMaterial: world.plaintext,
      ImportType: 2,
      KeyId: await world.shared(sym),
    }),
  },
  {
    action: 'ImportDataKey',
    of: 'no base64',
    outcome: 'InvalidDataKeyMaterial',
    request: async (world) => ({
      DataKeyName: world.name(),
      ImportKeyMaterial: '*',
      ImportType: 2,
      KeyId: await world.shared(sym),
    }),
  },
  { action: 'ListDataKeys', of: 'the first page', outcome: 'ok', request: () => ({ Limit: 2 }) },
  { action: 'ListDataKeys', of: 'too long a page', outcome: 'InvalidParameter', request: () => ({ Limit: 201 }) },
  { action: 'ListDataKeyDetail', of: 'all states', outcome: 'ok', request: () => ({ KeyState: 0 }) },
  { action: 'ListDataKeyDetail', of: 'no state', outcome: 'InvalidParameter', request: () => ({ KeyState: 4 }) },
]
