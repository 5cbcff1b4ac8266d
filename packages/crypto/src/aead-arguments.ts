import { NONCE_SIZE, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'

/** Throws `TypeError` for what `Aead.seal` refuses, as the native addon does. */
export function checkSeal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, into: Uint8Array): void {
  checkBytes(nonce, aad, plaintext, into)
  checkNonce(nonce)
  checkRoom(into, plaintext.length + TAG_SIZE)
  checkApart(aad, plaintext, into.subarray(0, plaintext.length + TAG_SIZE))
}

/** Throws `TypeError` for what `Aead.open` refuses, and `DecryptionError` for what is too short to hold a tag. */
export function checkOpen(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, into: Uint8Array): void {
  checkBytes(nonce, aad, sealed, into)
  checkNonce(nonce)
  if (sealed.length < TAG_SIZE) throw new DecryptionError()
  checkRoom(into, sealed.length - TAG_SIZE)
  checkApart(aad, sealed, into.subarray(0, sealed.length - TAG_SIZE))
}

function checkBytes(...all: readonly Uint8Array[]): void {
  for (const bytes of all) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('expected a Uint8Array')
    if (!(bytes.buffer instanceof ArrayBuffer)) throw new TypeError('expected memory that is not shared')
    if (bytes.length === 0 && isDetached(bytes.buffer))
      throw new TypeError('expected bytes, received a detached buffer')
  }
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_SIZE)
    throw new TypeError(`expected a nonce of ${NONCE_SIZE} bytes, received ${nonce.length}`)
}

function checkRoom(into: Uint8Array, needed: number): void {
  if (into.length < needed) throw new TypeError(`expected room for ${needed} bytes, received ${into.length}`)
}

/** The result may be in the input's own place, but not shifted, and not in the associated data's. */
function checkApart(aad: Uint8Array, input: Uint8Array, result: Uint8Array): void {
  const inPlace = input.buffer === result.buffer && input.byteOffset === result.byteOffset
  if ((!inPlace && overlaps(input, result)) || overlaps(aad, result))
    throw new TypeError("expected room for the result in the input's own place or apart from it")
}

const overlaps = (a: Uint8Array, b: Uint8Array): boolean =>
  a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length

/** A view of a detached buffer has no bytes; another can't be made of it. */
function isDetached(buffer: ArrayBuffer): boolean {
  try {
    return new Uint8Array(buffer) === null
  } catch {
    return true
  }
}
