import { decodeAsn1, encodeCiphertext } from './ciphertext.ts'
import type { Sm2Engine } from './engine.ts'
import { decodeSignature, encodeSignature } from './signature-encoding.ts'

/** OpenSSL's key, which stays valid until it is freed. */
export interface NativeSm2Key {
  readonly sm2Key: never
}

/** The addon's part of SM2. It speaks DER, as OpenSSL does; see native/sm2_binding.c. */
export interface NativeSm2 {
  sm2PublicPoint(scalar: Uint8Array): Uint8Array
  sm2Key(point: Uint8Array, scalar?: Uint8Array): NativeSm2Key
  sm2Free(key: NativeSm2Key): void
  sm2Sign(key: NativeSm2Key, e: Uint8Array): Uint8Array
  sm2Verify(key: NativeSm2Key, e: Uint8Array, signature: Uint8Array): boolean
  sm2Encrypt(key: NativeSm2Key, message: Uint8Array): Uint8Array
  sm2Decrypt(key: NativeSm2Key, ciphertext: Uint8Array): Uint8Array | null
}

/** SM2 by OpenSSL's EVP, called through the addon. */
export const nativeSm2 = (native: NativeSm2): Sm2Engine => ({
  publicPoint: (scalar) => native.sm2PublicPoint(scalar),
  publicKey: (point) => {
    const key = native.sm2Key(point)
    return {
      verify: (e, signature) => native.sm2Verify(key, e, encodeSignature(signature)),
      encrypt: (message) => own(decodeAsn1(native.sm2Encrypt(key, message))),
      [Symbol.dispose]: () => native.sm2Free(key),
    }
  },
  privateKey: (scalar, point) => {
    const key = native.sm2Key(point, scalar)
    return {
      sign: (e) => own(decodeSignature(native.sm2Sign(key, e))),
      decrypt: (ciphertext) => native.sm2Decrypt(key, encodeCiphertext(ciphertext, 'C1C3C2_ASN1')),
      [Symbol.dispose]: () => native.sm2Free(key),
    }
  },
})

/** What OpenSSL has made is well-formed; if not, this process is not to be trusted any more. */
function own(decoded: Uint8Array | null): Uint8Array {
  if (decoded === null) throw new Error('expected well-formed output of OpenSSL')
  return decoded
}
