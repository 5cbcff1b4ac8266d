import { aead } from '../create-aead.ts'
import { hkdfExpand, hkdfExtract } from '../hkdf.ts'
import { hmac, hmacVerify } from '../hmac.ts'
import type { Secret } from '../secret.ts'
import type { SegmentKey } from '../segments.ts'
import { DATA_KEY_SIZE, type Suite } from '../suite.ts'
import { HEADER_MAC_SIZE } from './head.ts'

const HEADER_LABEL = Buffer.from('hufu/message/header')
const PAYLOAD_LABEL = Buffer.from('hufu/message/payload')
const NO_ASSOCIATED_DATA = new Uint8Array(0)

/** The key of one message's payload. */
export interface PayloadKey extends SegmentKey, Disposable {
  readonly segmentSize: number
}

/** The keys that one data key and salt make. */
export class MessageKeys implements Disposable {
  readonly #suite: Suite
  readonly #prk: Secret
  readonly #macKey: Secret

  constructor(suite: Suite, salt: Uint8Array, dataKey: Secret) {
    if (dataKey.size !== DATA_KEY_SIZE)
      throw new TypeError(`expected a data key of ${DATA_KEY_SIZE} bytes, received ${dataKey.size}`)
    this.#suite = suite
    this.#prk = hkdfExtract(suite.hash, salt, dataKey)
    this.#macKey = hkdfExpand(suite.hash, this.#prk, HEADER_LABEL, HEADER_MAC_SIZE)
  }

  mac(header: Uint8Array): Uint8Array {
    return hmac(this.#suite.hash, this.#macKey, header)
  }

  verifies(header: Uint8Array, mac: Uint8Array): boolean {
    return hmacVerify(this.#suite.hash, this.#macKey, mac, header)
  }

  payload(segmentSize: number, context: Uint8Array): PayloadKey {
    const suite = this.#suite
    const info = Buffer.concat([PAYLOAD_LABEL, Uint8Array.of(suite.number, Math.log2(segmentSize)), context])
    using key = hkdfExpand(suite.hash, this.#prk, info, suite.keySize)
    const cipher = aead(suite.aead, key)
    return { aead: cipher, aad: NO_ASSOCIATED_DATA, segmentSize, [Symbol.dispose]: () => cipher[Symbol.dispose]() }
  }

  [Symbol.dispose](): void {
    this.#prk[Symbol.dispose]()
    this.#macKey[Symbol.dispose]()
  }
}
