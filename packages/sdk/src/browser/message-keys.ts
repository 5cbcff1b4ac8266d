import { type Bytes, joined, utf8 } from './bytes.ts'
import type { CryptoKey } from './crypto-key.ts'

const HEADER_LABEL = utf8('hufu/message/header')
const PAYLOAD_LABEL = utf8('hufu/message/payload')
const AES = 1
const HMAC = { name: 'HMAC', hash: 'SHA-256', length: 256 }

/** The keys that a data key and a salt make. They can not be exported. */
export class MessageKeys {
  readonly payload: CryptoKey
  readonly #mac: CryptoKey

  private constructor(payload: CryptoKey, mac: CryptoKey) {
    this.payload = payload
    this.#mac = mac
  }

  static async derive(dataKey: Bytes, salt: Bytes, segmentSizeLog2: number, context: Uint8Array): Promise<MessageKeys> {
    const secret = await crypto.subtle.importKey('raw', dataKey, 'HKDF', false, ['deriveKey'])
    const hkdf = (info: Bytes) => ({ name: 'HKDF', hash: 'SHA-256', salt, info })
    const info = joined(PAYLOAD_LABEL, Uint8Array.of(AES, segmentSizeLog2), context)
    const aes = { name: 'AES-GCM', length: 256 }
    const [payload, mac] = await Promise.all([
      crypto.subtle.deriveKey(hkdf(info), secret, aes, false, ['encrypt', 'decrypt']),
      crypto.subtle.deriveKey(hkdf(HEADER_LABEL), secret, HMAC, false, ['sign', 'verify']),
    ])
    return new MessageKeys(payload, mac)
  }

  async mac(header: Bytes): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign('HMAC', this.#mac, header))
  }

  verifies(header: Bytes, mac: Bytes): Promise<boolean> {
    return crypto.subtle.verify('HMAC', this.#mac, mac, header)
  }
}
