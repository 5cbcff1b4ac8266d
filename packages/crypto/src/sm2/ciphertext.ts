import { isPoint, SM2_NUMBER_SIZE, SM2_POINT_SIZE, UNCOMPRESSED } from './curve.ts'
import { DerError, DerReader } from './der-reader.ts'
import { der, derInteger, Tag } from './der-writer.ts'

/**
 * C1C3C2: 04 || x1 || y1 || C3 || C2 (GB/T 32918.4-2016, 6.1).
 * C1C3C2_ASN1: SEQUENCE { x1 INTEGER, y1 INTEGER, C3 OCTET STRING, C2 OCTET STRING } (GM/T 0009-2012, 7.2).
 */
export type Sm2CiphertextFormat = 'C1C3C2' | 'C1C3C2_ASN1'

/** Bytes of C3, an SM3 digest. */
const C3_SIZE = 32
const COORDINATES_SIZE = 2 * SM2_NUMBER_SIZE
/** What stands before C2 in x1 || y1 || C3 || C2. */
export const SM2_CIPHERTEXT_PREFIX = COORDINATES_SIZE + C3_SIZE

/** Encodes x1 || y1 || C3 || C2. */
export function encodeCiphertext(body: Uint8Array, format: Sm2CiphertextFormat): Uint8Array {
  if (format === 'C1C3C2') return Buffer.concat([Uint8Array.of(UNCOMPRESSED), body])
  return der(
    Tag.sequence,
    derInteger(body.subarray(0, SM2_NUMBER_SIZE)),
    derInteger(body.subarray(SM2_NUMBER_SIZE, COORDINATES_SIZE)),
    der(Tag.octetString, body.subarray(COORDINATES_SIZE, SM2_CIPHERTEXT_PREFIX)),
    der(Tag.octetString, body.subarray(SM2_CIPHERTEXT_PREFIX)),
  )
}

/**
 * x1 || y1 || C3 || C2 of a ciphertext in DER, as 04 || x1 || … or as x1 || … without the 04; or null.
 * The forms can't be mistaken for each other: each must have its point on the curve, which the bytes of
 * one form, read as another, have with a probability of 2^-256.
 */
export function decodeCiphertext(ciphertext: Uint8Array): Uint8Array | null {
  const candidates = [decodeAsn1, (bytes: Uint8Array) => (bytes[0] === UNCOMPRESSED ? bytes.subarray(1) : null), asIs]
  for (const candidate of candidates) {
    const body = candidate(ciphertext)
    if (body !== null && body.length > SM2_CIPHERTEXT_PREFIX && isOnCurve(body)) return body
  }
  return null
}

const asIs = (bytes: Uint8Array): Uint8Array => bytes

function isOnCurve(body: Uint8Array): boolean {
  const point = new Uint8Array(SM2_POINT_SIZE)
  point[0] = UNCOMPRESSED
  point.set(body.subarray(0, COORDINATES_SIZE), 1)
  return isPoint(point)
}

/** x1 || y1 || C3 || C2 of the DER form, or null; the point is not checked. */
export function decodeAsn1(ciphertext: Uint8Array): Uint8Array | null {
  try {
    const outer = new DerReader(ciphertext)
    const fields = outer.sequence()
    outer.end()
    const coordinates = [fields.integer(SM2_NUMBER_SIZE), fields.integer(SM2_NUMBER_SIZE)]
    const c3 = fields.octets()
    const c2 = fields.octets()
    fields.end()
    return c3.length === C3_SIZE ? Buffer.concat([...coordinates, c3, c2]) : null
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}
