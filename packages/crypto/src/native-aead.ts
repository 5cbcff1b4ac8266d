import { type Aead, type AeadAlgorithm, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'
import type { NativeAddon, NativeKey } from './native.ts'
import type { Secret } from './secret.ts'

/** An AEAD in the native addon: one call each, with the key schedule kept. */
export class NativeAead implements Aead {
  readonly algorithm: AeadAlgorithm
  readonly #addon: NativeAddon
  readonly #key: NativeKey

  /** `kernel` names one tier of the addon, for tests; without it the fastest is taken. */
  constructor(addon: NativeAddon, algorithm: AeadAlgorithm, key: Secret, kernel: string = algorithm) {
    this.algorithm = algorithm
    this.#addon = addon
    this.#key = addon.aeadNew(kernel, key.bytes())
  }

  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, into = new Uint8Array(plaintext.length + TAG_SIZE)) {
    this.#addon.aeadSeal(this.#key, nonce, aad, plaintext, into)
    return into.subarray(0, plaintext.length + TAG_SIZE)
  }

  open(
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
    into = new Uint8Array(Math.max(0, sealed.length - TAG_SIZE)),
  ) {
    if (!this.#addon.aeadOpen(this.#key, nonce, aad, sealed, into)) throw new DecryptionError()
    return into.subarray(0, sealed.length - TAG_SIZE)
  }

  /** As `sealSegments`, whose arguments it takes. */
  sealSegments(
    aad: Uint8Array,
    firstIndex: number,
    plaintext: Uint8Array,
    size: number,
    last: boolean,
    into: Uint8Array,
  ) {
    this.#addon.segmentsSeal(this.#key, aad, firstIndex, plaintext, size, last, into)
  }

  /** As `openSegments`, whose arguments it takes. */
  openSegments(aad: Uint8Array, firstIndex: number, sealed: Uint8Array, size: number, last: boolean, into: Uint8Array) {
    if (!this.#addon.segmentsOpen(this.#key, aad, firstIndex, sealed, size, last, into)) throw new DecryptionError()
  }

  [Symbol.dispose](): void {
    this.#addon.aeadFree(this.#key)
  }
}
