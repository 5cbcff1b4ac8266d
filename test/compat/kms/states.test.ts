import { createPublicKey, randomBytes } from 'node:crypto'
import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GetParametersForImportCommand,
  type KMSClient,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms'
import { type KeyAction, keyStates } from '@hufu/kms'
import { errorCatalogue, type KeyOperations, type KeyState } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { opensslSm2Encrypt } from '../support/openssl-sm2.ts'

/** A key in some state, and a ciphertext of it from when it was enabled. */
interface Subject {
  readonly KeyId: string
  readonly blob: Uint8Array
}

const Plaintext = Buffer.from('x')
const WINDOW = 7

let running: KmsServer
let keys: KeyOperations
let aws: KMSClient
let tencent: ReturnType<typeof tencentClient>

beforeAll(async () => {
  const [open] = Object.values(backends)
  if (open === undefined) throw new Error('expected a backend')
  running = await startKms(open)
  keys = running.kms.as({ ...running.root, requestId: 'test', sourceIp: 'test' })
  aws = awsClient(running)
  tencent = tencentClient(running)
})
afterAll(async () => {
  aws?.destroy()
  await running?.close()
})

const byTencent: Partial<Record<KeyAction, (subject: Subject) => Promise<unknown>>> = {
  encrypt: ({ KeyId }) => tencent.Encrypt({ KeyId, Plaintext: Plaintext.toString('base64') }),
  decrypt: ({ blob }) => tencent.Decrypt({ CiphertextBlob: Buffer.from(blob).toString('base64') }),
  describe: ({ KeyId }) => tencent.DescribeKey({ KeyId }),
  edit: ({ KeyId }) => tencent.UpdateKeyDescription({ KeyId, Description: 'edited' }),
  rotate: ({ KeyId }) => tencent.RotateKey({ KeyId }),
  enable: ({ KeyId }) => tencent.EnableKey({ KeyId }),
  disable: ({ KeyId }) => tencent.DisableKey({ KeyId }),
  archive: ({ KeyId }) => tencent.ArchiveKey({ KeyId }),
  unarchive: ({ KeyId }) => tencent.CancelKeyArchive({ KeyId }),
  scheduleDeletion: ({ KeyId }) => tencent.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: WINDOW }),
  cancelDeletion: ({ KeyId }) => tencent.CancelKeyDeletion({ KeyId }),
  importMaterial: ({ KeyId }) =>
    tencent.GetParametersForImport({ KeyId, WrappingAlgorithm: 'SM2', WrappingKeySpec: 'SM2' }),
  deleteMaterial: ({ KeyId }) => tencent.DeleteImportedKeyMaterial({ KeyId }),
}

const byAws: Partial<Record<KeyAction, (subject: Subject) => Promise<unknown>>> = {
  encrypt: ({ KeyId }) => aws.send(new EncryptCommand({ KeyId, Plaintext })),
  decrypt: ({ blob }) => aws.send(new DecryptCommand({ CiphertextBlob: blob })),
  describe: ({ KeyId }) => aws.send(new DescribeKeyCommand({ KeyId })),
  edit: ({ KeyId }) => aws.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'edited' })),
  rotate: ({ KeyId }) => aws.send(new RotateKeyOnDemandCommand({ KeyId })),
  enable: ({ KeyId }) => aws.send(new EnableKeyCommand({ KeyId })),
  disable: ({ KeyId }) => aws.send(new DisableKeyCommand({ KeyId })),
  disableAndScheduleDeletion: ({ KeyId }) =>
    aws.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: WINDOW })),
  cancelDeletion: ({ KeyId }) => aws.send(new CancelKeyDeletionCommand({ KeyId })),
  importMaterial: ({ KeyId }) =>
    aws.send(new GetParametersForImportCommand({ KeyId, WrappingAlgorithm: 'SM2PKE', WrappingKeySpec: 'SM2' })),
  deleteMaterial: ({ KeyId }) => aws.send(new DeleteImportedKeyMaterialCommand({ KeyId })),
}

/** A key of imported material, which is the only one that waits for it, gets it anew or loses it. */
async function external(): Promise<string> {
  const { keyId } = await keys.createKey({ origin: 'EXTERNAL' })
  const given = await keys.importParameters({ keyId, wrappingKeySpec: 'SM2', algorithm: 'SM2PKE_ASN1' })
  const key = createPublicKey({ key: Buffer.from(given.publicKey), type: 'spki', format: 'der' })
  const pem = key.export({ type: 'spki', format: 'pem' }).toString()
  const encryptedMaterial = await opensslSm2Encrypt(running.dir, pem, randomBytes(32))
  await keys.importMaterial({ keyId, token: given.token, encryptedMaterial })
  return keyId
}

const into: Record<KeyState, (keyId: string) => Promise<unknown>> = {
  PendingImport: (keyId) => keys.deleteImportedMaterial(keyId),
  Enabled: async () => {},
  Disabled: (keyId) => keys.disableKey(keyId),
  Archived: (keyId) => keys.archiveKey(keyId),
  PendingDelete: (keyId) => keys.scheduleKeyDeletion({ keyId, disableFirst: true }),
}

async function subject(state: KeyState, action: KeyAction): Promise<Subject> {
  const imported = state === 'PendingImport' || action === 'importMaterial' || action === 'deleteMaterial'
  const KeyId = imported ? await external() : (await keys.createKey({})).keyId
  const { ciphertext } = await keys.encrypt({ keyId: KeyId, plaintext: Plaintext })
  await into[state](KeyId)
  return { KeyId, blob: ciphertext }
}

/** Asking for import parameters needs what the import needs, and leaves the state. */
const stateAfter = (state: KeyState, action: KeyAction, next: KeyState): KeyState =>
  action === 'importMaterial' ? state : next

const pairs = (Object.keys(keyStates) as KeyState[]).flatMap((state) =>
  (Object.keys(keyStates[state]) as KeyAction[]).map((action) => [state, action] as const),
)

describe.each([
  ['tencent', byTencent],
  ['aws', byAws],
] as const)('the state machine by %s', (dialect, acts) => {
  it.each(pairs.filter(([, action]) => acts[action] !== undefined))('%s, %s', async (state, action) => {
    const of = await subject(state, action)
    const outcome = keyStates[state][action]
    const answer = await acts[action]?.(of).then(
      () => null,
      (error) => (dialect === 'aws' ? error.name : error.code),
    )
    const after = (await keys.describeKey(of.KeyId)).state
    if ('error' in outcome)
      expect({ answer, after }).toEqual({ answer: errorCatalogue[outcome.error][dialect], after: state })
    else expect({ answer, after }).toEqual({ answer: null, after: stateAfter(state, action, outcome.next) })
  })
})

it('every action of the state machine can be asked for in one dialect or the other, but for the one that time does', () => {
  const unasked = pairs.filter(([, action]) => (byTencent[action] ?? byAws[action]) === undefined)
  expect(new Set(unasked.map(([, action]) => action))).toEqual(new Set(['loseMaterial']))
})
