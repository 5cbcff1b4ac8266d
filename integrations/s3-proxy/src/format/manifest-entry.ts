import { DecryptionError } from '@hufu/crypto'
import { type Checksum, readChecksum, writeChecksum } from '../checksum/checksum.ts'
import { expectZero, readSize, writeSize } from './binary.ts'
import { MANIFEST_ENTRY_SIZE } from './size.ts'

/** A part of an object, as its manifest lists it. */
export interface ManifestEntry {
  /** The client's part number, 1 to 10,000. */
  readonly number: number
  /** Plaintext bytes. */
  readonly size: number
  readonly salt: Uint8Array
  readonly md5: Uint8Array | null
  readonly checksum: Checksum | null
}

const MD5_KNOWN = 1

export function writeEntry(entry: ManifestEntry): Buffer {
  const bytes = Buffer.alloc(MANIFEST_ENTRY_SIZE)
  bytes.writeUInt16BE(entry.number, 0)
  bytes[3] = entry.md5 === null ? 0 : MD5_KNOWN
  writeSize(bytes, entry.size, 8)
  bytes.set(entry.salt, 16)
  if (entry.md5 !== null) bytes.set(entry.md5, 32)
  bytes[2] = writeChecksum(entry.checksum, bytes.subarray(48, 80))
  return bytes
}

/** Throws `DecryptionError` on anything that `writeEntry` does not write. */
export function readEntry(bytes: Buffer): ManifestEntry {
  const flags = bytes.readUInt8(3)
  if (flags > MD5_KNOWN) throw new DecryptionError()
  expectZero(bytes.subarray(4, 8))
  return {
    number: bytes.readUInt16BE(0),
    size: readSize(bytes, 8),
    salt: Buffer.from(bytes.subarray(16, 32)),
    md5: flags === MD5_KNOWN ? Buffer.from(bytes.subarray(32, 48)) : null,
    checksum: readChecksum(bytes.readUInt8(2), bytes.subarray(48, 80)),
  }
}
