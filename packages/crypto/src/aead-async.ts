import { markAsUntransferable } from 'node:worker_threads'
import { type Aead, TAG_SIZE } from './aead.ts'
import { NativeAead } from './native-aead.ts'
import { unfilled } from './unfilled.ts'

/** Bytes of input below which another thread costs more than it saves: docs/native.md has the measurement. */
export const ASYNC_MIN = 131_072

/**
 * As `Aead.seal`, on another thread where the value is large enough. Until the promise settles `plaintext` and `into`
 * belong to the call: they are neither to be changed nor read, and their ArrayBuffers can't be transferred ever after.
 */
export async function sealAsync(
  aead: Aead,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  into?: Uint8Array,
): Promise<Uint8Array> {
  if (!(aead instanceof NativeAead) || plaintext.length < ASYNC_MIN) return aead.seal(nonce, aad, plaintext, into)
  const size = plaintext.length + TAG_SIZE
  const out = into ?? unfilled(size)
  pin(plaintext, out)
  await aead.sealAsync(nonce, aad, plaintext, out)
  return out.subarray(0, size)
}

/** As `Aead.open`, otherwise as `sealAsync`. */
export async function openAsync(
  aead: Aead,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  into?: Uint8Array,
): Promise<Uint8Array> {
  if (!(aead instanceof NativeAead) || sealed.length < ASYNC_MIN) return aead.open(nonce, aad, sealed, into)
  const size = sealed.length - TAG_SIZE
  const out = into ?? unfilled(size)
  pin(sealed, out)
  await aead.openAsync(nonce, aad, sealed, out)
  return out.subarray(0, size)
}

/** Keeps the memory where it is while threads use it. */
export function pin(...arrays: readonly Uint8Array[]): void {
  for (const { buffer } of arrays) {
    if ('resizable' in buffer && buffer.resizable) throw new TypeError('expected memory that can not be resized')
    if (buffer instanceof ArrayBuffer) markAsUntransferable(buffer)
  }
}
