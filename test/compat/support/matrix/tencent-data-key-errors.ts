import type { Case, Parameters } from './case.ts'
import { ecc, sym } from './on-key.ts'
import type { World } from './world.ts'

const NO_ID = ''
const NO_KEY_TO_ANSWER_TO = { EncryptionPublicKey: 'no PEM' }

/** The actions on one hosted data key, and what they need beside it. */
const onOne: Readonly<Record<string, Parameters>> = {
  CancelDataKeyDeletion: {},
  DescribeDataKey: {},
  DisableDataKey: {},
  EnableDataKey: {},
  GetDataKeyCiphertextBlob: {},
  GetDataKeyPlaintext: {},
  ScheduleDataKeyDeletion: { PendingWindowInDays: 7 },
  UpdateDataKeyDescription: { Description: '' },
  UpdateDataKeyName: { DataKeyName: 'nobody' },
}
const batches = ['DescribeDataKeys', 'DisableDataKeys', 'EnableDataKeys']

const one = (
  action: string,
  of: string,
  outcome: Case['outcome'],
  id: (world: World) => Promise<string> | string,
  more: Parameters = onOne[action] ?? {},
): Case => ({ action, of, outcome, request: async (world) => ({ DataKeyId: await id(world), ...more }) })

const several = (
  action: string,
  of: string,
  outcome: Case['outcome'],
  id: (world: World) => Promise<string> | string,
) => ({ action, of, outcome, request: async (world) => ({ DataKeyIds: [await id(world)] }) }) satisfies Case

const unknown = (world: World): string => world.unknown
const enabled = (world: World): Promise<string> => world.dataKey()

async function doomed(world: World): Promise<string> {
  const dataKeyId = await world.dataKey()
  await world.keys.disableDataKeys([dataKeyId])
  await world.keys.scheduleDataKeyDeletion(dataKeyId, 7)
  return dataKeyId
}

/** Under a key of its own, which is then disabled. */
async function underDisabled(world: World): Promise<string> {
  const keyId = await world.key()
  const { dataKeyId } = await world.keys.hostDataKey({ keyId, name: world.name() })
  await world.put(keyId, 'Disabled')
  return dataKeyId
}

/** Under a key whose imported material was then deleted. */
async function underEmptied(world: World): Promise<string> {
  const keyId = await world.imported()
  const { dataKeyId } = await world.keys.hostDataKey({ keyId, name: world.name() })
  await world.keys.deleteImportedMaterial(keyId)
  return dataKeyId
}

const hosting = (of: string, outcome: Case['outcome'], more: (world: World) => Promise<Parameters> | Parameters) =>
  ({
    action: 'GenerateDataKey',
    of,
    outcome,
    request: async (world) => ({ KeyId: await world.shared(sym), IsHostedByKms: 1, ...(await more(world)) }),
  }) satisfies Case

const importing = (of: string, outcome: Case['outcome'], more: (world: World) => Promise<Parameters> | Parameters) =>
  ({
    action: 'ImportDataKey',
    of,
    outcome,
    async request(world) {
      const asked = { DataKeyName: world.name(), ImportKeyMaterial: world.plaintext, ImportType: 2 }
      return { KeyId: await world.shared(sym), ...asked, ...(await more(world)) }
    },
  }) satisfies Case

const underKeyIn = (state: 'Disabled' | 'Archived' | 'PendingDelete') => async (world: World) => {
  const KeyId = await world.key()
  await world.put(KeyId, state)
  return { KeyId }
}

async function takenName(world: World): Promise<Parameters> {
  const DataKeyName = world.name()
  await world.keys.hostDataKey({ keyId: await world.shared(sym), name: DataKeyName })
  return { DataKeyName }
}

/** What Tencent documents of the data keys that the KMS keeps. */
export const tencentDataKeyErrors: readonly Case[] = [
  ...Object.keys(onOne).flatMap((action) => [
    one(action, 'no id', 'InvalidDataKeyId', () => NO_ID),
    one(action, 'an id that is none', 'InvalidDataKeyId', () => 'x'.repeat(129)),
    one(action, 'no data key of that id', 'DataKeyNotFound', unknown),
  ]),
  ...batches.flatMap((action) => [
    several(action, 'no id', 'InvalidDataKeyId', () => NO_ID),
    several(action, 'no data key of that id', 'DataKeyNotFound', unknown),
  ]),
  one('EnableDataKey', 'one that is to be deleted', 'DataKeyState', doomed),
  one('DisableDataKey', 'one that is to be deleted', 'DataKeyState', doomed),
  several('EnableDataKeys', 'one that is to be deleted', 'DataKeyState', doomed),
  several('DisableDataKeys', 'one that is to be deleted', 'DataKeyState', doomed),
  one('ScheduleDataKeyDeletion', 'one that is enabled', 'DataKeyState', enabled),
  one('ScheduleDataKeyDeletion', 'one that is to be deleted', 'DataKeyState', doomed),
  one('ScheduleDataKeyDeletion', 'too short a window', 'InvalidPendingWindow', enabled, { PendingWindowInDays: 6 }),
  one('ScheduleDataKeyDeletion', 'too long a window', 'InvalidPendingWindow', enabled, { PendingWindowInDays: 31 }),
  one('GetDataKeyPlaintext', 'one of a disabled key', 'KeyDisabled', underDisabled),
  one('GetDataKeyPlaintext', 'one of a key without its material', 'InvalidState', underEmptied),
  one('GetDataKeyPlaintext', 'no key to answer to', 'RecipientInvalid', enabled, NO_KEY_TO_ANSWER_TO),
  hosting('no key to answer to', 'RecipientInvalid', (world) => ({
    DataKeyName: world.name(),
    ...NO_KEY_TO_ANSWER_TO,
  })),
  hosting('a name that is taken', 'DataKeyNameAlreadyExists', takenName),
  hosting('a name that is none', 'InvalidDataKeyName', () => ({ DataKeyName: '-a' })),
  hosting('an unknown number', 'InvalidType', () => ({ IsHostedByKms: 2 })),
  importing('a name that is taken', 'DataKeyNameAlreadyExists', takenName),
  importing('a name that is none', 'InvalidDataKeyName', () => ({ DataKeyName: '-a' })),
  importing('an unknown number', 'InvalidType', () => ({ ImportType: 3 })),
  importing('a key of another kind', 'InvalidKeyUsage', async (world) => ({ KeyId: await world.shared(ecc) })),
  importing('a disabled key', 'KeyDisabled', underKeyIn('Disabled')),
  importing('an archived key', 'KeyArchived', underKeyIn('Archived')),
  importing('a key that is to be deleted', 'KeyPendingDelete', underKeyIn('PendingDelete')),
]
