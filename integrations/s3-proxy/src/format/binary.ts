import { DecryptionError } from '@hufu/crypto'

/** Writes a size of up to 2^53 in 8 bytes. */
export function writeSize(target: Buffer, size: number, offset: number): void {
  target.writeBigUInt64BE(BigInt(size), offset)
}

/** Reads a size of 8 bytes; throws `DecryptionError` when it is beyond 2^53. */
export function readSize(source: Buffer, offset: number): number {
  const size = Number(source.readBigUInt64BE(offset))
  if (!Number.isSafeInteger(size)) throw new DecryptionError()
  return size
}

/** A view as a Buffer, without a copy. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Throws `DecryptionError` unless the bytes are all zero. */
export function expectZero(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw new DecryptionError()
}

/** Text as u16 length and UTF-8. */
export function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  const prefix = Buffer.alloc(2)
  prefix.writeUInt16BE(bytes.length)
  return Buffer.concat([prefix, bytes])
}
