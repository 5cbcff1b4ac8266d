import { type Aead, NONCE_SIZE, TAG_SIZE } from '../aead.ts'
import type { HashName } from '../hmac.ts'
import { NativeAead } from '../native-aead.ts'
import type { Secret } from '../secret.ts'
import { SMALL_MAX } from '../small-memory.ts'
import { blindIndex } from './blind-index.ts'
import { CELL_PLACE_MAX } from './cell-place.ts'

/** One cell on its way through the cipher, in one call where the addon is there. */
export interface OneCell {
  /** As it will be but for its counter, and its blind index where `index` is given. */
  readonly head: Uint8Array
  readonly counter: number
  readonly plaintext: Uint8Array
  readonly place: Uint8Array
  readonly index: { readonly hash: HashName; readonly key: Secret } | null
}

/** The whole cell. */
export function sealOneCell(key: Aead, cell: OneCell): Uint8Array {
  const { head, counter, plaintext, place, index } = cell
  const size = head.length + plaintext.length + TAG_SIZE
  if (key instanceof NativeAead && place.length <= CELL_PLACE_MAX && size + place.length <= SMALL_MAX)
    return key.sealCell(head, counter, plaintext, place, index)
  const sealed = new Uint8Array(size)
  sealed.set(head)
  if (index !== null) sealed.set(blindIndex(index.hash, index.key, plaintext), 1)
  const nonce = new Uint8Array(NONCE_SIZE)
  new DataView(nonce.buffer).setUint32(NONCE_SIZE - 4, counter)
  sealed.set(nonce.subarray(NONCE_SIZE - 4), head.length - 4)
  key.seal(nonce, Buffer.concat([sealed.subarray(0, head.length), place]), plaintext, sealed.subarray(head.length))
  return sealed
}
