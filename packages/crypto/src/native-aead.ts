import { type Aead, type AeadAlgorithm, NONCE_SIZE, TAG_SIZE } from './aead.ts'
import { checkBytes } from './aead-arguments.ts'
import { DecryptionError } from './decryption-error.ts'
import type { HashName } from './hash-engine.ts'
import type { NativeBatch, NativeCiphers, NativeKey, NativeSegments, NativeValue } from './native.ts'
import { hashNumbers } from './native-hash.ts'
import type { Secret } from './secret.ts'
import { SMALL_MAX, type SmallMemory, smallMemoryOf } from './small-memory.ts'

type SegmentArguments = NativeSegments extends [NativeKey, ...infer Rest] ? Rest : never
type ValueArguments = NativeValue extends [NativeKey, ...infer Rest] ? Rest : never
type BatchArguments = NativeBatch extends [NativeKey, ...infer Rest] ? Rest : never

interface CellIndex {
  readonly hash: HashName
  readonly key: Secret
}

const noKey = 0 as NativeKey

/** An AEAD in the native addon: one call each, with the key schedule kept. */
export class NativeAead implements Aead {
  readonly algorithm: AeadAlgorithm
  readonly #addon: NativeCiphers
  readonly #memory: SmallMemory
  #key: NativeKey

  /** `kernel` names one tier of the addon, for tests; without it the fastest is taken. */
  constructor(addon: NativeCiphers, algorithm: AeadAlgorithm, key: Secret, kernel: string = algorithm) {
    this.algorithm = algorithm
    this.#addon = addon
    this.#memory = smallMemoryOf(addon)
    this.#key = addon.keyNew(kernel, key.bytes(), this)
  }

  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, into?: Uint8Array): Uint8Array {
    const size = plaintext.length + TAG_SIZE
    if (into === undefined && size + aad.length <= SMALL_MAX) return this.#sealSmall(nonce, aad, plaintext, size)
    const out = into === undefined ? new Uint8Array(size) : into
    this.#addon.aeadSeal(this.#key, nonce, aad, plaintext, out)
    return out.subarray(0, size)
  }

  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, into?: Uint8Array): Uint8Array {
    const size = sealed.length - TAG_SIZE
    if (into === undefined && sealed.length + aad.length <= SMALL_MAX) return this.#openSmall(nonce, aad, sealed, size)
    const out = into === undefined ? new Uint8Array(Math.max(0, size)) : into
    if (!this.#addon.aeadOpen(this.#key, nonce, aad, sealed, out)) throw new DecryptionError()
    return out.subarray(0, size)
  }

  /** As `seal`, on a thread. Until it is done both arrays belong to it. */
  async sealAsync(...value: ValueArguments): Promise<void> {
    await this.#addon.aeadSealAsync(this.#key, ...value)
  }

  /** As `open`, on a thread. Until it is done both arrays belong to it. */
  async openAsync(...value: ValueArguments): Promise<void> {
    if (!(await this.#addon.aeadOpenAsync(this.#key, ...value))) throw new DecryptionError()
  }

  /** As `sealSegments`. */
  sealSegments(...segments: SegmentArguments): void {
    this.#addon.segmentsSeal(this.#key, ...segments)
  }

  /** As `openSegments`. */
  openSegments(...segments: SegmentArguments): void {
    if (!this.#addon.segmentsOpen(this.#key, ...segments)) throw new DecryptionError()
  }

  /** As `sealSegmentsShared`. */
  sealSegmentsShared(...segments: SegmentArguments): void {
    this.#addon.segmentsSealShared(this.#key, ...segments)
  }

  /** As `openSegmentsShared`. */
  openSegmentsShared(...segments: SegmentArguments): void {
    if (!this.#addon.segmentsOpenShared(this.#key, ...segments)) throw new DecryptionError()
  }

  /** As `sealSegments`, on a thread. Until it is done both arrays belong to it. */
  async sealSegmentsAsync(...segments: SegmentArguments): Promise<void> {
    await this.#addon.segmentsSealAsync(this.#key, ...segments)
  }

  /** As `openSegments`, on a thread. Until it is done both arrays belong to it. */
  async openSegmentsAsync(...segments: SegmentArguments): Promise<void> {
    if (!(await this.#addon.segmentsOpenAsync(this.#key, ...segments))) throw new DecryptionError()
  }

  /** As `sealBatch`. */
  sealBatch(...batch: BatchArguments): void {
    this.#addon.batchSeal(this.#key, ...batch)
  }

  /** As `openBatch`. */
  openBatch(...batch: BatchArguments): void {
    if (!this.#addon.batchOpen(this.#key, ...batch)) throw new DecryptionError()
  }

  /** As `sealOneCell`, for a cell that takes at most `SMALL_MAX` bytes with its place. */
  sealCell(
    head: Uint8Array,
    counter: number,
    text: Uint8Array,
    place: Uint8Array,
    index: CellIndex | null,
  ): Uint8Array {
    checkBytes(text)
    const at = this.#memory.putCell(head, counter, text, place)
    const sizes = [head.length, text.length, place.length] as const
    if (index === null) this.#addon.cellSealSmall(this.#key, at, ...sizes)
    else this.#addon.cellSealSmall(this.#key, at, ...sizes, hashNumbers[index.hash], index.key.bytes())
    return this.#memory.take(at, head.length + text.length + TAG_SIZE)
  }

  /** What the cells hold, as `CellKey.openTexts`; null where one is not of that kind, column, key, session and place. */
  openCellTexts(kind: number, fixed: Uint8Array, place: Uint8Array, cells: readonly string[]): string[] | null {
    const texts = [...cells]
    return this.#addon.cellOpenTexts(this.#key, kind, fixed, place, texts) ? texts : null
  }

  [Symbol.dispose](): void {
    if (this.#key === noKey) return
    this.#addon.keyFree(this.#key)
    this.#key = noKey
  }

  #sealSmall(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, size: number): Uint8Array {
    checkSmall(nonce, aad, plaintext)
    const at = this.#memory.put(plaintext, size, nonce, aad)
    this.#addon.aeadSealSmall(this.#key, at, size, aad.length)
    return this.#memory.take(at, size)
  }

  #openSmall(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, size: number): Uint8Array {
    checkSmall(nonce, aad, sealed)
    if (size < 0) throw new DecryptionError()
    const at = this.#memory.put(sealed, sealed.length, nonce, aad)
    if (!this.#addon.aeadOpenSmall(this.#key, at, sealed.length, aad.length)) throw new DecryptionError()
    return this.#memory.take(at, size)
  }
}

function checkSmall(nonce: Uint8Array, aad: Uint8Array, text: Uint8Array): void {
  checkBytes(nonce)
  checkBytes(aad)
  checkBytes(text)
  if (nonce.length !== NONCE_SIZE)
    throw new TypeError(`expected a nonce of ${NONCE_SIZE} bytes, received ${nonce.length}`)
}
