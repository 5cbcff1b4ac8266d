/** The bytes with one bit changed. */
export function flipBit(source: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(source)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** Bytes that differ everywhere: those of position `i` depend on `i`. */
export const patterned = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 17 + (i >> 16)) & 0xff)
