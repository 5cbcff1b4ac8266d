import { randomBytes } from 'node:crypto'
import type { Case } from './case.ts'
import { ecc, hmac, type OnKey, sym } from './on-key.ts'

const Tags = [{ TagKey: 'team', TagValue: '虎' }]
const rotation = { kind: ecc, outcome: 'RotationNotSupported' } as const

/** The actions that manage a key. */
export const awsManagement: readonly OnKey[] = [
  {
    action: 'DescribeKey',
    request: (_, KeyId) => ({ KeyId }),
    answer: ({ KeyId }) => ({ KeyMetadata: { KeyId, KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT' } }),
    disabled: 'ok',
    pending: 'ok',
  },
  { action: 'DisableKey', request: (_, KeyId) => ({ KeyId }), disabled: 'ok', pending: 'InvalidState' },
  { action: 'EnableKey', request: (_, KeyId) => ({ KeyId }), disabled: 'ok', pending: 'InvalidState' },
  {
    action: 'UpdateKeyDescription',
    request: (_, KeyId) => ({ KeyId, Description: '虎符' }),
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'ScheduleKeyDeletion',
    request: (_, KeyId) => ({ KeyId, PendingWindowInDays: 7 }),
    answer: () => ({ KeyState: 'PendingDeletion', PendingWindowInDays: 7 }),
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'EnableKeyRotation',
    request: (_, KeyId) => ({ KeyId }),
    wrongKind: rotation,
    disabled: 'KeyDisabled',
    pending: 'KeyPendingDelete',
  },
  {
    action: 'DisableKeyRotation',
    request: (_, KeyId) => ({ KeyId }),
    wrongKind: rotation,
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'GetKeyLastUsage',
    request: (_, KeyId) => ({ KeyId }),
    answer: ({ KeyId }) => ({ KeyId }),
    disabled: 'ok',
    pending: 'ok',
  },
  {
    action: 'GetKeyRotationStatus',
    request: (_, KeyId) => ({ KeyId }),
    answer: () => ({ KeyRotationEnabled: false }),
    wrongKind: { kind: hmac, outcome: 'RotationNotSupported' },
    disabled: 'ok',
    pending: 'ok',
  },
  {
    action: 'RotateKeyOnDemand',
    request: (_, KeyId) => ({ KeyId }),
    answer: ({ KeyId }) => ({ KeyId }),
    wrongKind: rotation,
    disabled: 'KeyDisabled',
    pending: 'KeyPendingDelete',
  },
  {
    action: 'ListKeyRotations',
    request: async (world, KeyId) => {
      await world.keys.rotateKey(KeyId)
      return { KeyId }
    },
    answer: ({ KeyId }) => ({ Rotations: [{ KeyId, RotationType: 'ON_DEMAND' }] }),
    disabled: 'ok',
    pending: 'ok',
  },
  { action: 'TagResource', request: (_, KeyId) => ({ KeyId, Tags }), disabled: 'ok', pending: 'InvalidState' },
  {
    action: 'UntagResource',
    request: (_, KeyId) => ({ KeyId, TagKeys: ['team'] }),
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'ListResourceTags',
    request: async (world, KeyId) => {
      await world.keys.tagKey(KeyId, { team: '虎' })
      return { KeyId }
    },
    answer: () => ({ Tags }),
    disabled: 'ok',
    pending: 'ok',
  },
  {
    action: 'CreateAlias',
    request: (world, TargetKeyId) => ({ AliasName: `alias/${world.name()}`, TargetKeyId }),
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'UpdateAlias',
    request: async (world, TargetKeyId) => ({
      AliasName: `alias/${await world.alias(await world.key())}`,
      TargetKeyId,
    }),
    disabled: 'ok',
    pending: 'InvalidState',
  },
  {
    action: 'ListAliases',
    request: async (world, KeyId) => {
      await world.alias(KeyId)
      return { KeyId }
    },
    answer: ({ KeyId }) => ({ Aliases: [{ TargetKeyId: KeyId }] }),
    disabled: 'ok',
    pending: 'ok',
  },
]

const marker = 'not a marker'

/** What is not on one key, and what else goes wrong. */
export const awsManagementCases: readonly Case[] = [
  { action: 'CreateKey', of: 'tags', outcome: 'ok', request: () => ({ Description: '虎符', Tags }) },
  {
    action: 'CreateKey',
    of: 'a tag twice',
    outcome: 'DuplicateTag',
    request: () => ({ Tags: [...Tags, ...Tags] }),
  },
  {
    action: 'CreateKey',
    of: 'another origin',
    outcome: 'InvalidParameter',
    request: () => ({ Origin: 'AWS_CLOUDHSM' }),
  },
  { action: 'ListKeys', of: 'the first page', outcome: 'ok', request: () => ({ Limit: 1 }) },
  { action: 'ListKeys', of: 'no marker', outcome: 'InvalidMarker', request: () => ({ Marker: marker }) },
  { action: 'ListAliases', of: 'no marker', outcome: 'InvalidMarker', request: () => ({ Marker: marker }) },
  {
    action: 'ListKeyRotations',
    of: 'no marker',
    outcome: 'InvalidMarker',
    request: async (world) => ({ KeyId: await world.shared(sym), Marker: marker }),
  },
  {
    action: 'ListResourceTags',
    of: 'no marker',
    outcome: 'InvalidMarker',
    request: async (world) => ({ KeyId: await world.shared(sym), Marker: marker }),
  },
  {
    action: 'TagResource',
    of: 'a tag twice',
    outcome: 'DuplicateTag',
    request: async (world) => ({ KeyId: await world.shared(sym), Tags: [...Tags, ...Tags] }),
  },
  {
    action: 'CreateAlias',
    of: 'one that is there',
    outcome: 'AliasAlreadyExists',
    request: async (world) => ({ AliasName: 'alias/s3', TargetKeyId: await world.shared(sym) }),
  },
  {
    action: 'CreateAlias',
    of: 'a name that is none',
    outcome: 'InvalidAlias',
    request: async (world) => ({ AliasName: 'alias/a b', TargetKeyId: await world.shared(sym) }),
  },
  {
    action: 'UpdateAlias',
    of: 'one that is not there',
    outcome: 'AliasNotFound',
    request: async (world) => ({ AliasName: 'alias/nothing', TargetKeyId: await world.shared(sym) }),
  },
  {
    action: 'DeleteAlias',
    of: 'one that is there',
    outcome: 'ok',
    request: async (world) => ({ AliasName: `alias/${await world.alias(await world.key())}` }),
  },
  {
    action: 'DeleteAlias',
    of: 'one that is not there',
    outcome: 'AliasNotFound',
    request: () => ({ AliasName: 'alias/nothing' }),
  },
  {
    action: 'CancelKeyDeletion',
    of: 'a key that is to be deleted',
    outcome: 'ok',
    async request(world) {
      const KeyId = await world.key()
      await world.put(KeyId, 'PendingDelete')
      return { KeyId }
    },
  },
  {
    action: 'CancelKeyDeletion',
    of: 'a key that is not',
    outcome: 'KeyNotPendingDelete',
    request: async (world) => ({ KeyId: await world.shared(sym) }),
  },
  {
    action: 'CancelKeyDeletion',
    of: 'an unknown key',
    outcome: 'KeyNotFound',
    request: (world) => ({ KeyId: world.unknown }),
  },
  {
    action: 'ScheduleKeyDeletion',
    of: 'a window too short',
    outcome: 'InvalidPendingWindow',
    request: async (world) => ({ KeyId: await world.shared(sym), PendingWindowInDays: 6 }),
  },
  {
    action: 'ScheduleKeyDeletion',
    of: 'a window too long',
    outcome: 'InvalidPendingWindow',
    request: async (world) => ({ KeyId: await world.shared(sym), PendingWindowInDays: 31 }),
  },
  ...[
    { action: 'ReplicateKey', region: 'ReplicaRegion' },
    { action: 'UpdatePrimaryRegion', region: 'PrimaryRegion' },
  ].flatMap(({ action, region }): Case[] => [
    {
      action,
      of: 'an unknown key',
      outcome: 'KeyNotFound',
      request: (world) => ({ KeyId: world.unknown, [region]: 'elsewhere' }),
    },
    {
      action,
      of: 'a region that is not known here',
      outcome: 'InvalidParameter',
      request: async (world) => ({ KeyId: await world.key({ multiRegion: true }), [region]: 'elsewhere' }),
    },
    {
      action,
      of: 'a key of one region',
      outcome: 'NotSupported',
      request: async (world) => ({ KeyId: await world.shared(sym), [region]: 'elsewhere' }),
    },
  ]),
]

const wrapping = { WrappingAlgorithm: 'SM2PKE', WrappingKeySpec: 'SM2' }
const forEver = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }

/** Bring your own key. */
export const awsImportCases: readonly Case[] = [
  {
    action: 'GetParametersForImport',
    of: 'a key that waits for it',
    outcome: 'ok',
    request: async (world) => ({ KeyId: await world.key({ origin: 'EXTERNAL' }), ...wrapping }),
  },
  {
    action: 'GetParametersForImport',
    of: 'an unknown key',
    outcome: 'KeyNotFound',
    request: (world) => ({ KeyId: world.unknown, ...wrapping }),
  },
  {
    action: 'GetParametersForImport',
    of: 'a key of our own making',
    outcome: 'NotExternal',
    request: async (world) => ({ KeyId: await world.shared(sym), ...wrapping }),
  },
  {
    action: 'GetParametersForImport',
    of: 'a key that is to be deleted',
    outcome: 'InvalidState',
    async request(world) {
      const KeyId = await world.imported()
      await world.put(KeyId, 'PendingDelete')
      return { KeyId, ...wrapping }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'the material',
    outcome: 'ok',
    async request(world) {
      const { keyId, token, material } = await world.importing()
      return { KeyId: keyId, ImportToken: token, EncryptedKeyMaterial: material, ...forEver }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'material that does not decrypt',
    outcome: 'InvalidMaterial',
    async request(world) {
      const { keyId, token } = await world.importing()
      return { KeyId: keyId, ImportToken: token, EncryptedKeyMaterial: randomBytes(140), ...forEver }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'no token of ours',
    outcome: 'ImportTokenInvalid',
    async request(world) {
      const { keyId, material } = await world.importing()
      return { KeyId: keyId, ImportToken: randomBytes(200), EncryptedKeyMaterial: material, ...forEver }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'other material than before',
    outcome: 'MaterialMismatch',
    async request(world) {
      const KeyId = await world.imported()
      const { token, material } = await world.importKit(KeyId)
      return { KeyId, ImportToken: token, EncryptedKeyMaterial: material, ...forEver }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'an unknown key',
    outcome: 'KeyNotFound',
    async request(world) {
      const { token, material } = await world.importing()
      return { KeyId: world.unknown, ImportToken: token, EncryptedKeyMaterial: material, ...forEver }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'a key of our own making',
    outcome: 'NotExternal',
    async request(world) {
      const { token, material } = await world.importing()
      return { KeyId: await world.shared(sym), ImportToken: token, EncryptedKeyMaterial: material, ...forEver }
    },
  },
  {
    action: 'ImportKeyMaterial',
    of: 'a key that is to be deleted',
    outcome: 'InvalidState',
    async request(world) {
      const KeyId = await world.imported()
      const { token, material } = await world.importKit(KeyId)
      await world.put(KeyId, 'PendingDelete')
      return { KeyId, ImportToken: token, EncryptedKeyMaterial: material, ...forEver }
    },
  },
  {
    action: 'DeleteImportedKeyMaterial',
    of: 'imported material',
    outcome: 'ok',
    request: async (world) => ({ KeyId: await world.imported() }),
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
    of: 'an unknown key',
    outcome: 'KeyNotFound',
    request: (world) => ({ KeyId: world.unknown }),
  },
  {
    action: 'DeleteImportedKeyMaterial',
    of: 'a key of our own making',
    outcome: 'NotExternal',
    request: async (world) => ({ KeyId: await world.shared(sym) }),
  },
]
