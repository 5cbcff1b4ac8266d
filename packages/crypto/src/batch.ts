import { type Aead, NONCE_SIZE, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'
import { NativeAead } from './native-aead.ts'

/**
 * Many small values under one key. The values stand one after another: value i ends at `ends[i]` of `values`, and has
 * the i-th 12 bytes of `nonces` and the associated data that ends at `aadEnds[i]` of `aad`. Without `aadEnds` all of
 * `aad` belongs to every value.
 */
export interface Batch {
  readonly nonces: Uint8Array
  readonly aad: Uint8Array
  readonly aadEnds?: Uint32Array
  readonly values: Uint8Array
  readonly ends: Uint32Array
}

const sameForAll = new Uint32Array(0)

/**
 * Seals every value, in one call where the addon is there: value i of the result ends at `ends[i] + 16 * (i + 1)`.
 * `into` must be apart from all input; the result is a view of its front. What does not fit together is a `TypeError`.
 */
export function sealBatch(aead: Aead, batch: Batch, into?: Uint8Array): Uint8Array {
  const size = checkedSize(batch, 0) + batch.ends.length * TAG_SIZE
  const out = roomIn(into, size)
  const { nonces, aad, aadEnds = sameForAll, values, ends } = batch
  if (aead instanceof NativeAead) aead.sealBatch(nonces, aad, aadEnds, values, ends, out)
  else each(batch, (i, nonce, data, value, start) => aead.seal(nonce, data, value, out.subarray(start + i * TAG_SIZE)))
  return out.subarray(0, size)
}

/**
 * Opens every value, sealed as `ends` says: value i of the result ends at `ends[i] - 16 * (i + 1)`. When any is not
 * authentic it throws `DecryptionError` and leaves no plaintext in `into`, which is as in `sealBatch`.
 */
export function openBatch(aead: Aead, batch: Batch, into?: Uint8Array): Uint8Array {
  const size = checkedSize(batch, TAG_SIZE) - batch.ends.length * TAG_SIZE
  const out = roomIn(into, size)
  const { nonces, aad, aadEnds = sameForAll, values, ends } = batch
  if (aead instanceof NativeAead) aead.openBatch(nonces, aad, aadEnds, values, ends, out)
  else openEach(aead, batch, out)
  return out.subarray(0, size)
}

function openEach(aead: Aead, batch: Batch, out: Uint8Array): void {
  try {
    each(batch, (i, nonce, data, value, start) => aead.open(nonce, data, value, out.subarray(start - i * TAG_SIZE)))
  } catch (error) {
    if (error instanceof DecryptionError) out.fill(0)
    throw error
  }
}

type Visit = (index: number, nonce: Uint8Array, aad: Uint8Array, value: Uint8Array, start: number) => void

function each({ nonces, aad, aadEnds, values, ends }: Batch, visit: Visit): void {
  let [start, aadStart] = [0, 0]
  ends.forEach((end, i) => {
    const aadEnd = aadEnds?.[i] ?? aad.length
    const nonce = nonces.subarray(i * NONCE_SIZE, (i + 1) * NONCE_SIZE)
    visit(i, nonce, aad.subarray(aadStart, aadEnd), values.subarray(start, end), start)
    start = end
    if (aadEnds !== undefined) aadStart = aadEnd
  })
}

/** Bytes of all values, each of which has at least `least`. */
function checkedSize({ nonces, aad, aadEnds, values, ends }: Batch, least: number): number {
  if (nonces.length !== ends.length * NONCE_SIZE) throw new TypeError('expected a nonce of 12 bytes for each value')
  if (aadEnds !== undefined && aadEnds.length !== ends.length)
    throw new TypeError('expected an end of its associated data for each value')
  checkEnds(ends, values.length, least)
  if (aadEnds !== undefined) checkEnds(aadEnds, aad.length, 0)
  return ends[ends.length - 1] ?? 0
}

function checkEnds(ends: Uint32Array, size: number, least: number): void {
  let start = 0
  for (const end of ends) {
    if (end - start < least || end > size)
      throw new TypeError(`expected ends that ascend by ${least} or more up to ${size}, received ${end} after ${start}`)
    start = end
  }
}

function roomIn(into: Uint8Array | undefined, size: number): Uint8Array {
  if (into === undefined) return new Uint8Array(size)
  if (into.length < size) throw new TypeError(`expected room for ${size} bytes, received ${into.length}`)
  return into
}
