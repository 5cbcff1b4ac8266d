import { NONCE_SIZE, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'

/** Throws `TypeError` for what `Aead.seal` refuses, as the native addon does. */
export function checkSeal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, into: Uint8Array): void {
  for (const bytes of [nonce, aad, plaintext, into]) checkBytes(bytes)
  checkNonce(nonce)
  checkRoom(into, plaintext.length + TAG_SIZE)
  const result = into.subarray(0, plaintext.length + TAG_SIZE)
  checkApart(plaintext, result, true)
  checkApart(aad, result, false)
}

/** Throws `TypeError` for what `Aead.open` refuses, and `DecryptionError` for what is too short to hold a tag. */
export function checkOpen(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, into: Uint8Array): void {
  for (const bytes of [nonce, aad, sealed, into]) checkBytes(bytes)
  checkNonce(nonce)
  if (sealed.length < TAG_SIZE) throw new DecryptionError()
  checkRoom(into, sealed.length - TAG_SIZE)
  const result = into.subarray(0, sealed.length - TAG_SIZE)
  checkApart(sealed, result, true)
  checkApart(aad, result, false)
}

/** Throws `TypeError` for what is no Uint8Array, and for one over memory that is shared or detached. */
export function checkBytes(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('expected a Uint8Array')
  if (!(bytes.buffer instanceof ArrayBuffer)) throw new TypeError('expected memory that is not shared')
  if (bytes.length === 0 && bytes !== knownEmpty) checkEmpty(bytes)
}

/** The last array that was seen to be empty, and is so for ever: most calls bring the same one. */
let knownEmpty: Uint8Array | null = null

/** A view of a detached buffer has no bytes; another can't be made of it. */
function checkEmpty(bytes: Uint8Array): void {
  try {
    new Uint8Array(bytes.buffer)
  } catch (cause) {
    throw new TypeError('expected bytes, received a detached buffer', { cause })
  }
  knownEmpty = bytes
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_SIZE)
    throw new TypeError(`expected a nonce of ${NONCE_SIZE} bytes, received ${nonce.length}`)
}

/** Throws `TypeError` when the result does not fit. */
export function checkRoom(into: Uint8Array, needed: number): void {
  if (into.length < needed) throw new TypeError(`expected room for ${needed} bytes, received ${into.length}`)
}

/** Throws `TypeError` unless the result is apart from the bytes, or, if that is allowed, exactly in their place. */
export function checkApart(bytes: Uint8Array, result: Uint8Array, inPlace: boolean): void {
  const same = bytes.buffer === result.buffer && bytes.byteOffset === result.byteOffset
  if (!(inPlace && same) && overlaps(bytes, result))
    throw new TypeError("expected room for the result in the input's own place, where that can be, or apart from it")
}

const overlaps = (a: Uint8Array, b: Uint8Array): boolean =>
  a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length
