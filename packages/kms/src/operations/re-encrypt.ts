import type { EncryptionContext, ReEncryptAlgorithms, ReEncrypted, ReEncryptInput } from '@hufu/wire'
import { encryptTo } from '../algorithms/public-key.ts'
import { type Blob, decodeBlob } from '../ciphertext/blob.ts'
import { canonicalContext } from '../ciphertext/canonical-context.ts'
import { checkSameKey, givenBlob } from '../ciphertext/named-key.ts'
import { checkDecrypts, openedPrivately, publicKeyOf } from '../key/asymmetric-use.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'

type Input = ReEncryptInput & ReEncryptAlgorithms

/** The plaintext stays here. Two records: one of the key it comes from, one of the key it goes to. */
export function reEncrypt(call: Call, input: Input): Promise<ReEncrypted> {
  const { sourceContext, destinationContext, sourceAlgorithm } = input
  const blob = sourceAlgorithm === undefined ? decodeBlob(input.ciphertext) : null
  const named = sourceAlgorithm === undefined ? blob?.keyId : input.sourceKeyId
  const from = { action: 'ReEncryptFrom', keyName: named ?? null, needs: 'decrypt', context: sourceContext } as const
  return call.use(from, async (source) => {
    const plaintext = await opened(call, source, input, blob)
    const context = destinationContext ?? sourceContext
    const keyName = input.destinationKeyId ?? source.id
    return call.use({ action: 'ReEncryptTo', keyName, needs: 'encrypt', context }, async (key) => {
      const same = isOf(key, blob, input) && sameContext(context, sourceContext)
      const ciphertext = same ? input.ciphertext : await sealed(call, key, plaintext, { ...input, context })
      plaintext.fill(0)
      return { ciphertext, keyId: call.arn(key), sourceKeyId: call.arn(source), reEncrypted: !same }
    })
  })
}

async function opened(call: Call, key: Key, input: Input, blob: Blob | null): Promise<Uint8Array> {
  const { ring, blobs } = call.kms
  if (input.sourceAlgorithm !== undefined)
    return openedPrivately(call.kms, key, input.sourceAlgorithm, input.ciphertext)
  await checkSameKey(ring, key, input.sourceKeyId)
  return blobs.open(key, givenBlob(blob), input.sourceContext)
}

async function sealed(
  { kms: { ring, blobs } }: Call,
  key: Key,
  plaintext: Uint8Array,
  { context, destinationAlgorithm }: ReEncryptAlgorithms & { readonly context?: EncryptionContext | undefined },
): Promise<Uint8Array> {
  if (destinationAlgorithm === undefined) return blobs.seal(key, plaintext, context)
  checkDecrypts(key, destinationAlgorithm)
  return encryptTo(destinationAlgorithm, await publicKeyOf(ring, key), plaintext)
}

/** Whether the ciphertext is one of the key's newest version already. */
const isOf = (key: Key, blob: Blob | null, { destinationAlgorithm }: Input): boolean =>
  destinationAlgorithm === undefined && key.id === blob?.keyId && key.version === blob.keyVersion

const sameContext = (a: EncryptionContext | undefined, b: EncryptionContext | undefined): boolean =>
  Buffer.compare(canonicalContext(a), canonicalContext(b)) === 0
