import { type Checksum, type ChecksumAlgorithm, type ChecksumType, checksumSize } from './checksum.ts'
import { type CrcName, crcPolynomials } from './crc.ts'
import { CrcCombiner } from './crc-combine.ts'
import { digestOf } from './digest.ts'

interface PartChecksum {
  readonly size: number
  readonly checksum: Checksum | null
}

/** The checksum of an object from those of its parts; null when a part has none of this algorithm. */
export function wholeChecksum(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly PartChecksum[],
): Checksum | null {
  const values: Buffer[] = []
  for (const { checksum } of parts) {
    if (checksum?.algorithm !== algorithm) return null
    values.push(Buffer.from(checksum.value))
  }
  if (type === 'FULL_OBJECT') return isCrc(algorithm) ? { algorithm, value: combined(algorithm, parts, values) } : null
  const digest = digestOf(algorithm)
  for (const value of values) digest.update(value)
  return { algorithm, value: digest.digest() }
}

export const isCrc = (algorithm: ChecksumAlgorithm): algorithm is CrcName => algorithm in crcPolynomials

function combined(algorithm: CrcName, parts: readonly PartChecksum[], values: readonly Buffer[]): Buffer {
  const combiner = new CrcCombiner(algorithm)
  let crc = 0n
  parts.forEach(({ size }, i) => {
    crc = combiner.combine(crc, toInteger(values[i] ?? Buffer.alloc(0)), size)
  })
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(crc)
  return bytes.subarray(8 - checksumSize(algorithm))
}

const toInteger = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)
