import { DecryptionError } from '@hufu/crypto'
import { expectZero, readSize, writeSize } from './binary.ts'
import { PARTS_MAX, TRAILER_SIZE } from './size.ts'
import { type Suite, suiteNumbered } from './suite.ts'

/** The last 64 bytes of a stored object. Nothing of it is proven before the manifest opens. */
export interface Trailer {
  readonly suite: Suite
  /** Plaintext bytes of the whole object. */
  readonly size: number
  readonly objectId: Uint8Array
  readonly manifestSalt: Uint8Array
  readonly parts: number
  /** Sealed bytes, padding and tag included. */
  readonly manifestSize: number
}

const MAGIC = 'HUFO'
const VERSION = 1

export function writeTrailer(trailer: Trailer): Buffer {
  const bytes = Buffer.alloc(TRAILER_SIZE)
  bytes.write(MAGIC, 0, 'latin1')
  bytes[4] = VERSION
  bytes[5] = trailer.suite.number
  writeSize(bytes, trailer.size, 8)
  bytes.set(trailer.objectId, 16)
  bytes.set(trailer.manifestSalt, 32)
  bytes.writeUInt32BE(trailer.parts, 48)
  bytes.writeUInt32BE(trailer.manifestSize, 52)
  return bytes
}

/** Throws `DecryptionError` on anything that `writeTrailer` does not write. */
export function readTrailer(bytes: Buffer): Trailer {
  if (bytes.length !== TRAILER_SIZE || bytes.toString('latin1', 0, 4) !== MAGIC || bytes[4] !== VERSION)
    throw new DecryptionError()
  expectZero(bytes.subarray(6, 8))
  expectZero(bytes.subarray(56))
  const parts = bytes.readUInt32BE(48)
  if (parts < 1 || parts > PARTS_MAX) throw new DecryptionError()
  return {
    suite: suiteNumbered(bytes.readUInt8(5)),
    size: readSize(bytes, 8),
    objectId: Buffer.from(bytes.subarray(16, 32)),
    manifestSalt: Buffer.from(bytes.subarray(32, 48)),
    parts,
    manifestSize: bytes.readUInt32BE(52),
  }
}
