import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { Sm2PublicKey, sm2MessageDigest, sm2VerifyDigest } from '@hufu/crypto'

const SM2_TYPE = Buffer.concat([Buffer.of(0xff), Buffer.from('hufu-sm2')])
/** The curve SM2 (GB/T 32918.5) in an AlgorithmIdentifier: 1.2.156.10197.1.301. */
const SM2_CURVE = Buffer.from('06082a811ccf5501822d', 'hex')

/** The public half of the audit's key: tells whether a note is signed by it. */
export class NoteKey {
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array
  readonly isSm2: boolean
  readonly #key: KeyObject | null

  /** Throws `TypeError` for a key that is neither P-256 nor SM2. */
  constructor(spki: Uint8Array) {
    this.spki = spki
    this.isSm2 = Buffer.from(spki).includes(SM2_CURVE)
    this.#key = this.isSm2 ? null : createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    if (this.#key !== null && this.#key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
      throw new TypeError('expected a public key of P-256 or SM2')
  }

  static fromPem(pem: string): NoteKey {
    const [, base64] = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(pem) ?? []
    if (base64 === undefined) throw new TypeError('expected a public key in PEM')
    return new NoteKey(Buffer.from(base64, 'base64'))
  }

  get pem(): string {
    const lines =
      Buffer.from(this.spki)
        .toString('base64')
        .match(/.{1,64}/g) ?? []
    return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`
  }

  /** What names the store in every origin: 16 hex digits. */
  get storeName(): string {
    return createHash('sha256').update(this.spki).digest('hex').slice(0, 16)
  }

  /** The C2SP signed-note key id under a name: 4 bytes. */
  id(name: string): Uint8Array {
    const hash = createHash('sha256')
    if (this.isSm2) hash.update(`${name}\n`).update(SM2_TYPE)
    return hash.update(this.spki).digest().subarray(0, 4)
  }

  verify(text: string, signature: Uint8Array): boolean {
    const message = Buffer.from(text)
    try {
      if (this.#key !== null) return verify('sha256', message, this.#key, signature)
      const key = Sm2PublicKey.fromSpki(this.spki)
      return sm2VerifyDigest(key, sm2MessageDigest(key, message), signature)
    } catch {
      return false
    }
  }
}
