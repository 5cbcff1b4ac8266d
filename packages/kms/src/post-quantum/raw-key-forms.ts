/** SubjectPublicKeyInfo (RFC 5280, 4.1) of an algorithm that has no parameters, around the key's own bytes. */
export interface RawPublicKeyForm {
  wrap(raw: Uint8Array): Uint8Array
  /** Throws `TypeError` for everything that `wrap` does not make. */
  unwrap(spki: Uint8Array): Uint8Array
}

/** `oid` is the content of the object identifier in hexadecimal, `size` the bytes of the key. */
export function rawPublicKeyForm(oid: string, size: number): RawPublicKeyForm {
  const content = Buffer.from(oid, 'hex')
  const algorithm = der(0x30, der(0x06, content))
  const wrap = (raw: Uint8Array): Buffer =>
    der(0x30, Buffer.concat([algorithm, der(0x03, Buffer.concat([Buffer.of(0), raw]))]))
  return {
    wrap,
    unwrap(spki) {
      const raw = Uint8Array.from(spki.subarray(-size))
      if (raw.length === size && wrap(raw).equals(spki)) return raw
      throw new TypeError(`expected a public key of ${size} bytes with the object identifier ${oid}`)
    },
  }
}

/** OneAsymmetricKey (RFC 5958) around what the algorithm says a private key is. */
export const rawPrivateKey = (oid: string, key: Uint8Array): Uint8Array =>
  der(0x30, Buffer.concat([der(0x02, Buffer.of(0)), der(0x30, der(0x06, Buffer.from(oid, 'hex'))), der(0x04, key)]))

/** One element of DER (X.690, 8.1) with up to 65,535 bytes. */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  const size = length < 0x80 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 0xff)
  return Buffer.concat([Buffer.of(tag), size, content])
}
