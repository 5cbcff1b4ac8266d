import { setImmediate } from 'node:timers/promises'
import {
  DecryptionError,
  openedSize,
  openSegments,
  openSegmentsShared,
  parseHeader,
  type SegmentKey,
  sealedSize,
  sealSegments,
  sealSegmentsShared,
  TAG_SIZE,
} from '@hufu/crypto'
import type { Sharing } from '../data.ts'
import type { DataKeys } from '../keys/data-keys.ts'
import { type OpenOptions, open, openWhole } from '../open.ts'
import { type SealOptions, seal, sealWhole } from '../seal.ts'

/** Bytes that are sealed or opened before others get their turn. */
const TURN = 4 * 2 ** 20

/** Seals bytes in memory to a message. */
export async function sealBytes(
  dataKeys: DataKeys,
  plaintext: Uint8Array,
  options: SealOptions & Sharing,
): Promise<Uint8Array> {
  if (plaintext.length <= TURN) return sealWhole(dataKeys, options, plaintext)
  using message = await seal(dataKeys, options, plaintext.length)
  const { header, payload } = message
  const sealed = new Uint8Array(sealedSize(header.bytes.length, plaintext.length, payload.segmentSize))
  sealed.set(header.bytes)
  const into = sealed.subarray(header.bytes.length)
  const use = options.parallel === true ? sealSegmentsShared : sealSegments
  await inTurns(payload, plaintext, into, use, options.signal)
  return sealed
}

/** Opens a message in memory. Throws `DecryptionError`, and then releases nothing. */
export async function openBytes(
  dataKeys: DataKeys,
  sealed: Uint8Array,
  options: OpenOptions & Sharing,
): Promise<Uint8Array> {
  const header = parseHeader(sealed)
  const size = openedSize(header.bytes.length, sealed.length, header.segmentSize)
  if (size === null) throw new DecryptionError({ detail: 'the length is none that a message can have' })
  if (size <= TURN) return openWhole(dataKeys, header, options, sealed)
  using message = await open(dataKeys, header, options)
  const plaintext = new Uint8Array(size)
  const use = options.parallel === true ? openSegmentsShared : openSegments
  await inTurns(message.payload, sealed.subarray(header.bytes.length), plaintext, use, options.signal)
  return plaintext
}

/** The segments of a large message, some MiB at a time, so that nobody else has to wait for all of it. */
async function inTurns(
  key: SegmentKey & { readonly segmentSize: number },
  from: Uint8Array,
  into: Uint8Array,
  use: typeof sealSegments,
  signal: AbortSignal | undefined,
): Promise<void> {
  const count = TURN / key.segmentSize
  const [fromSize, intoSize] =
    from.length < into.length
      ? [key.segmentSize, key.segmentSize + TAG_SIZE]
      : [key.segmentSize + TAG_SIZE, key.segmentSize]
  for (let first = 0; first * fromSize < from.length; first += count) {
    signal?.throwIfAborted()
    const end = (first + count) * fromSize
    use(key, first, from.subarray(first * fromSize, end), end >= from.length, into.subarray(first * intoSize))
    await setImmediate()
  }
}
