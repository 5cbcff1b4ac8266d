import { randomUUID } from 'node:crypto'
import {
  type HostDataKeyInput,
  type HostedDataKey,
  type HostedDataKeyMaterial,
  HufuError,
  type ImportDataKeyInput,
  type Recipient,
} from '@hufu/wire'
import { forRecipient } from '../algorithms/recipient.ts'
import { decodeBlob } from '../ciphertext/blob.ts'
import { givenDataKey, type StoredDataKey, toHosted } from '../data-key/data-key.ts'
import { nextDataKeyState } from '../data-key/data-key-state.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { checkDataKeyDescription, checkDataKeyName, checkRandomSize } from '../limits.ts'

export function hostDataKey(call: Call, input: HostDataKeyInput): Promise<HostedDataKey & HostedDataKeyMaterial> {
  const { keyId, numberOfBytes = 32, recipient } = input
  return call.keep({ action: 'GenerateDataKey', keyName: keyId, needs: 'encrypt' }, async (key) => {
    const plaintext = await call.kms.backend.random(checkRandomSize(numberOfBytes))
    const dataKey = await seal(call, key, input, 'KMS', plaintext)
    const { ciphertext } = dataKey
    const result = { ...toHosted(dataKey), plaintext: forRecipient(plaintext, recipient), ciphertext }
    return { result, write: (writes) => writes.insertDataKey(dataKey) }
  })
}

/** The material is put under the newest version of the key, whichever form it comes in. */
export function importDataKey(call: Call, input: ImportDataKeyInput): Promise<HostedDataKey> {
  const { material } = input
  const blob = 'ciphertext' in material ? decodeBlob(material.ciphertext) : null
  const keyName = input.keyId ?? blob?.keyId ?? null
  return call.keep({ action: 'ImportDataKey', keyName, needs: 'encrypt' }, async (key) => {
    const plaintext = 'plaintext' in material ? Uint8Array.from(material.plaintext) : await openGiven(call, key, blob)
    checkRandomSize(plaintext.length)
    const dataKey = await seal(call, key, input, 'EXTERNAL', plaintext)
    plaintext.fill(0)
    return { result: toHosted(dataKey), write: (writes) => writes.insertDataKey(dataKey) }
  })
}

export async function dataKeyPlaintext(call: Call, dataKeyId: string, recipient?: Recipient): Promise<Uint8Array> {
  const dataKey = await usable(call, 'GetDataKeyPlaintext', dataKeyId)
  return call.use({ action: 'GetDataKeyPlaintext', keyName: dataKey.keyId, needs: 'decrypt' }, async (key) =>
    forRecipient(await openGiven(call, key, decodeBlob(dataKey.ciphertext)), recipient),
  )
}

export async function dataKeyCiphertext(call: Call, dataKeyId: string): Promise<Uint8Array> {
  return call.run({ action: 'GetDataKeyCiphertextBlob', subject: dataKeyId }, async () => {
    const dataKey = givenDataKey(await call.kms.store.dataKey(dataKeyId), dataKeyId)
    nextDataKeyState(dataKey.state, 'use')
    return dataKey.ciphertext
  })
}

/** Audited as a use of its own only when it fails: the key's record has the success. */
async function usable(call: Call, action: string, dataKeyId: string): Promise<StoredDataKey> {
  return call.refusable({ action, subject: dataKeyId }, async () => {
    const dataKey = givenDataKey(await call.kms.store.dataKey(dataKeyId), dataKeyId)
    nextDataKeyState(dataKey.state, 'use')
    return dataKey
  })
}

async function seal(
  call: Call,
  key: Key,
  { name, description = '' }: { readonly name: string; readonly description?: string },
  origin: StoredDataKey['origin'],
  plaintext: Uint8Array,
): Promise<StoredDataKey> {
  return {
    dataKeyId: randomUUID(),
    name: checkDataKeyName(name),
    keyId: key.id,
    description: checkDataKeyDescription(description),
    state: 'Enabled',
    numberOfBytes: plaintext.length,
    origin,
    creator: call.caller.principal,
    createdAt: call.kms.clock(),
    deletionAt: null,
    ciphertext: await call.kms.blobs.seal(key, plaintext, undefined),
  }
}

async function openGiven(call: Call, key: Key, blob: ReturnType<typeof decodeBlob>): Promise<Uint8Array> {
  if (blob === null || blob.keyId !== key.id)
    throw new HufuError('DecryptionFailed', 'expected a ciphertext of the key, received another')
  return call.kms.blobs.open(key, blob, undefined)
}
