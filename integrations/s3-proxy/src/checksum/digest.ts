import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { ChecksumAlgorithm } from './checksum.ts'
import { Crc } from './crc.ts'

/** A running checksum. */
export interface Digest {
  update(data: Uint8Array): void
  /** Big-endian; once. */
  digest(): Buffer
}

/** A running checksum of any algorithm that S3 knows. */
export function digestOf(algorithm: ChecksumAlgorithm | 'MD5'): Digest {
  switch (algorithm) {
    case 'MD5':
    case 'SHA1':
    case 'SHA256':
      return createHash(algorithm)
    case 'CRC32':
      return zlibCrc32()
    case 'CRC32C':
    case 'CRC64NVME':
      return new Crc(algorithm)
  }
}

function zlibCrc32(): Digest {
  let crc = 0
  return {
    update(data) {
      crc = crc32(data, crc)
    },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(crc)
      return bytes
    },
  }
}
