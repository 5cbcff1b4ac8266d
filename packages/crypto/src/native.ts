import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import type { NativeSm2 } from './sm2/native-engine.ts'

/** The number of a key in the addon's memory. */
export type NativeKey = number & { readonly nativeKey: unique symbol }

/** HMAC and HKDF-Expand (native/hmac_binding.c): `hash` is 0 for SHA-256 and 1 for SM3, all of `out` is filled. */
export interface NativeHash {
  hmac(hash: 0 | 1, key: Uint8Array, message: Uint8Array, out: Uint8Array): void
  hkdfExpand(hash: 0 | 1, pseudorandomKey: Uint8Array, info: Uint8Array, out: Uint8Array): void
}

/**
 * The arguments of every call for a run of segments; `into` must be apart from the input. `head` is the run's first
 * segment, whole, where it is not at the beginning of the input, and otherwise empty.
 */
export type NativeSegments = [
  key: NativeKey,
  aad: Uint8Array,
  firstIndex: number,
  head: Uint8Array,
  input: Uint8Array,
  segmentSize: number,
  last: boolean,
  into: Uint8Array,
]

/** The arguments of a call for one value; `into` may be the input's own place. */
export type NativeValue = [key: NativeKey, nonce: Uint8Array, aad: Uint8Array, input: Uint8Array, into: Uint8Array]

/** The arguments of every call for a batch. Each end is where a value, or its associated data, ends. */
export type NativeBatch = [
  key: NativeKey,
  nonces: Uint8Array,
  aad: Uint8Array,
  aadEnds: Uint32Array,
  values: Uint8Array,
  ends: Uint32Array,
  into: Uint8Array,
]

/**
 * What the addon exports for authenticated ciphers (native/*_binding.c). It checks every argument itself. What opens
 * answers whether the input is authentic.
 */
export interface NativeCiphers {
  /** The key lives until `keyFree`, or as long as its owner. */
  keyNew(kernel: string, key: Uint8Array, owner: object): NativeKey
  keyFree(key: NativeKey): void
  aeadSeal(...value: NativeValue): void
  aeadOpen(...value: NativeValue): boolean
  aeadSealAsync(...value: NativeValue): Promise<boolean>
  aeadOpenAsync(...value: NativeValue): Promise<boolean> | false
  /** Where the small calls work from now on. */
  memoryUse(memory: Uint8Array): void
  /** At `at` there are the text, with room for its tag, the nonce and the associated data. */
  aeadSealSmall(key: NativeKey, at: number, sealedSize: number, aadSize: number): void
  aeadOpenSmall(key: NativeKey, at: number, sealedSize: number, aadSize: number): boolean
  /**
   * At `at` there are a cell's head, the text, room for the tag and the place. With an index key the text's blind index
   * is written to the head; `hash` is as in `NativeHash`.
   */
  cellSealSmall(
    key: NativeKey,
    at: number,
    headSize: number,
    textSize: number,
    placeSize: number,
    hash?: 0 | 1,
    indexKey?: Uint8Array,
  ): void
  /** Replaces each text of a cell by what the cell holds; the array is not to be used where one is not authentic. */
  cellOpenTexts(key: NativeKey, kind: number, fixed: Uint8Array, place: Uint8Array, cells: string[]): boolean
  /**
   * At `at` there are a header without its MAC, room for that, a text of one segment and room for its tag. `hash` is as in
   * `NativeHash`, and says the suite.
   */
  messageSealSmall(
    hash: 0 | 1,
    dataKey: Uint8Array,
    at: number,
    headerSize: number,
    textSize: number,
    drawSalt: boolean,
  ): void
  /** The same memory with a whole message in it: whether it is authentic under the data key, and then its text is open. */
  messageOpenSmall(hash: 0 | 1, dataKey: Uint8Array, at: number, headerSize: number, textSize: number): boolean
  batchSeal(...batch: NativeBatch): void
  batchOpen(...batch: NativeBatch): boolean
  segmentsSeal(...segments: NativeSegments): boolean
  segmentsOpen(...segments: NativeSegments): boolean
  /** By this thread and others together; they are done when it returns. */
  segmentsSealShared(...segments: NativeSegments): boolean
  segmentsOpenShared(...segments: NativeSegments): boolean
  segmentsSealAsync(...segments: NativeSegments): Promise<boolean>
  segmentsOpenAsync(...segments: NativeSegments): Promise<boolean> | false
}

export interface NativeMemory {
  /** Zeroed memory for keys (native/secret_memory.h), zeroised when it is collected and at exit; null if there is none. */
  secretMemory(size: number): ArrayBuffer | null
}

export interface NativeAddon extends NativeSm2, NativeHash, NativeCiphers, NativeMemory {}

/** The addon, or null where it was not built or HUFU_NATIVE=off: then the TypeScript twin does the same, slower. */
export const native: NativeAddon | null = load()

function load(): NativeAddon | null {
  if (process.env.HUFU_NATIVE === 'off') return without('is off')
  const require = createRequire(import.meta.url)
  try {
    return require('node-gyp-build')(join(dirname(fileURLToPath(import.meta.url)), '..'))
  } catch {
    return without('is not built for this machine')
  }
}

/** Says once in a process why there is none. */
function without(why: string): null {
  if (isMainThread) process.stderr.write(`hufu: the native addon ${why}; the portable ciphers are slower\n`)
  return null
}
