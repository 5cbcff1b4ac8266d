import type { Random } from './random.ts'

/** Makes another input of one that is in the corpus. */
type Mutation = (bytes: Buffer, random: Random, corpus: readonly Uint8Array[]) => Buffer

const EDGES = [
  0, 1, 2, 9, 10, 31, 32, 33, 63, 64, 65, 127, 128, 129, 254, 255, 256, 512, 513, 6_144, 6_145, 8_192, 8_193,
]
const LARGE_EDGES = [...EDGES, 65_535, 65_536, 865_024, 865_025, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

/** Where the head's fields are, and their sizes. */
const HEAD_FIELDS = [
  [0, 4],
  [4, 1],
  [5, 1],
  [6, 1],
  [7, 1],
  [40, 1],
  [41, 1],
  [42, 2],
  [44, 4],
] as const

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
    return bytes
  },
  function setByte(bytes, random) {
    bytes[random.below(bytes.length)] = random.of(EDGES) & 0xff
    return bytes
  },
  function setHeadField(bytes, random) {
    const [at, size] = random.of(HEAD_FIELDS)
    if (at + size <= bytes.length) bytes.writeUIntBE(random.of(LARGE_EDGES) % 2 ** (8 * size), at, size)
    return bytes
  },
  function setSizeAnywhere(bytes, random) {
    if (bytes.length > 50) bytes.writeUInt16BE(random.of(EDGES), 48 + random.below(bytes.length - 50))
    return bytes
  },
  function insertAndCount(bytes, random) {
    const at = 48 + random.below(Math.max(1, bytes.length - 80))
    return recounted(bytes, at, 0, Buffer.alloc(random.of(EDGES), random.below(256)))
  },
  function removeAndCount(bytes, random) {
    const at = 48 + random.below(Math.max(1, bytes.length - 80))
    return recounted(bytes, at, random.below(40), Buffer.alloc(0))
  },
  function repeatRecipients(bytes) {
    const recipients = bytes.subarray(contextEnd(bytes), -32)
    const grown = recounted(bytes, contextEnd(bytes), 0, recipients)
    grown[41] = ((grown[41] ?? 0) * 2) & 0xff
    return grown
  },
  function cut(bytes, random) {
    return bytes.subarray(0, 1 + random.below(bytes.length))
  },
  function extend(bytes, random) {
    return Buffer.concat([bytes, Buffer.alloc(1 + random.below(100), random.below(256))])
  },
  function splice(bytes, random, corpus) {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), random.of(corpus).subarray(at)])
  },
]

/** One to four mutations of a corpus entry. */
export function mutated(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let bytes = Buffer.from(random.of(corpus))
  for (let left = 1 + random.below(4); left > 0 && bytes.length > 0; left--)
    bytes = Buffer.from(random.of(mutations)(bytes, random, corpus))
  return new Uint8Array(bytes)
}

const contextEnd = (bytes: Buffer): number =>
  Math.min(bytes.length, 48 + (bytes.length >= 44 ? bytes.readUInt16BE(42) : 0))

/** Replaces bytes and counts the change in the size that covers them, so that the parser gets further. */
function recounted(bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer {
  if (bytes.length < 48) return bytes
  const changed = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])
  const grown = changed.length - bytes.length
  if (at < contextEnd(bytes)) changed.writeUInt16BE((bytes.readUInt16BE(42) + grown) & 0xffff, 42)
  else changed.writeUInt32BE((bytes.readUInt32BE(44) + grown) >>> 0, 44)
  return changed
}
