import { SM2_NUMBER_SIZE } from './curve.ts'
import { DerError, DerReader } from './der-reader.ts'
import { der, derInteger, Tag } from './der-writer.ts'

/** SEQUENCE { r INTEGER, s INTEGER } in DER of r || s. */
export const encodeSignature = (raw: Uint8Array): Uint8Array =>
  der(
    Tag.sequence,
    derInteger(raw.subarray(0, SM2_NUMBER_SIZE)),
    derInteger(raw.subarray(SM2_NUMBER_SIZE, 2 * SM2_NUMBER_SIZE)),
  )

/** r || s, or null when it is not strict DER. Both may be out of range. */
export function decodeSignature(signature: Uint8Array): Uint8Array | null {
  try {
    const outer = new DerReader(signature)
    const numbers = outer.sequence()
    outer.end()
    const r = numbers.integer(SM2_NUMBER_SIZE)
    const s = numbers.integer(SM2_NUMBER_SIZE)
    numbers.end()
    return Buffer.concat([r, s])
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}
