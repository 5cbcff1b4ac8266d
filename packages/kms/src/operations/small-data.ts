import {
  type DataKey,
  type Decrypted,
  type DecryptInput,
  type Encrypted,
  type EncryptInput,
  type EncryptionContext,
  type GenerateDataKeyInput,
  HufuError,
  type ReEncrypted,
  type ReEncryptInput,
} from '@hufu/wire'
import { type ForRecipient, forRecipient } from '../algorithms/recipient.ts'
import { type Blob, decodeBlob } from '../ciphertext/blob.ts'
import { canonicalContext } from '../ciphertext/canonical-context.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { checkPlaintext, checkRandomSize } from '../limits.ts'

export function encrypt(call: Call, { keyId, plaintext, context }: EncryptInput): Promise<Encrypted> {
  return call.use({ action: 'Encrypt', keyName: keyId, needs: 'encrypt', context }, async (key) => {
    checkPlaintext(plaintext)
    return { ciphertext: await call.kms.blobs.seal(key, plaintext, context), keyId: call.arn(key) }
  })
}

export function decrypt(call: Call, input: DecryptInput & ForRecipient): Promise<Decrypted> {
  const { ciphertext, context, keyId, recipient } = input
  const blob = decodeBlob(ciphertext)
  const request = { action: 'Decrypt', keyName: blob?.keyId ?? null, needs: 'decrypt', context } as const
  return call.use(request, async (key) => {
    if (keyId !== undefined) await checkSameKey(call, key, keyId)
    const plaintext = await call.kms.blobs.open(key, given(blob), context)
    return { plaintext: forRecipient(plaintext, recipient), keyId: call.arn(key) }
  })
}

export function generateDataKey(call: Call, input: GenerateDataKeyInput & ForRecipient): Promise<DataKey> {
  const { keyId, numberOfBytes = 32, context, recipient } = input
  return call.use({ action: 'GenerateDataKey', keyName: keyId, needs: 'encrypt', context }, async (key) => {
    const drawn = call.kms.backend.random(checkRandomSize(numberOfBytes))
    const plaintext = drawn instanceof Uint8Array ? drawn : await drawn
    const ciphertext = await call.kms.blobs.seal(key, plaintext, context)
    return { plaintext: forRecipient(plaintext, recipient), ciphertext, keyId: call.arn(key) }
  })
}

/** The plaintext stays here. Two records: one of the key it comes from, one of the key it goes to. */
export function reEncrypt(call: Call, input: ReEncryptInput): Promise<ReEncrypted> {
  const blob = decodeBlob(input.ciphertext)
  const { sourceContext, destinationContext } = input
  const from = {
    action: 'ReEncryptFrom',
    keyName: blob?.keyId ?? null,
    needs: 'decrypt',
    context: sourceContext,
  } as const
  return call.use(from, async (source) => {
    await checkSameKey(call, source, input.sourceKeyId)
    const plaintext = await call.kms.blobs.open(source, given(blob), sourceContext)
    const context = destinationContext ?? sourceContext
    const keyName = input.destinationKeyId ?? source.id
    return call.use({ action: 'ReEncryptTo', keyName, needs: 'encrypt', context }, async (key) => {
      const same = key.id === source.id && key.version === blob?.keyVersion && sameContext(context, sourceContext)
      const ciphertext = same ? input.ciphertext : await call.kms.blobs.seal(key, plaintext, context)
      plaintext.fill(0)
      return { ciphertext, keyId: call.arn(key), sourceKeyId: call.arn(source), reEncrypted: !same }
    })
  })
}

export function generateRandom(call: Call, numberOfBytes: number): Promise<Uint8Array> {
  return call.run({ action: 'GenerateRandom' }, async () => call.kms.backend.random(checkRandomSize(numberOfBytes)))
}

const sameContext = (a: EncryptionContext | undefined, b: EncryptionContext | undefined): boolean =>
  Buffer.compare(canonicalContext(a), canonicalContext(b)) === 0

async function checkSameKey(call: Call, key: Key, expected: string | undefined): Promise<void> {
  if (expected === undefined || (await call.kms.ring.find(expected))?.id === key.id) return
  throw new HufuError('KeyMismatch', `expected a ciphertext of key ${expected}, received one of ${key.id}`)
}

function given(blob: Blob | null): Blob {
  if (blob === null) throw new HufuError('DecryptionFailed', 'the ciphertext names no key')
  return blob
}
