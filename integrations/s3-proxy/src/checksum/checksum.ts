import { DecryptionError } from '@hufu/crypto'
import { expectZero } from '../format/binary.ts'

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** A checksum of plaintext that a client gave, or asked for. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly value: Uint8Array
}

/** In the order of their numbers in the manifest, from 1. */
const ALGORITHMS: readonly { readonly name: ChecksumAlgorithm; readonly size: number }[] = [
  { name: 'CRC32', size: 4 },
  { name: 'CRC32C', size: 4 },
  { name: 'CRC64NVME', size: 8 },
  { name: 'SHA1', size: 20 },
  { name: 'SHA256', size: 32 },
]

export const checksumAlgorithms: readonly ChecksumAlgorithm[] = ALGORITHMS.map(({ name }) => name)

/** Bytes of a checksum. */
export const checksumSize = (algorithm: ChecksumAlgorithm): number =>
  ALGORITHMS.find(({ name }) => name === algorithm)?.size ?? 0

/** The algorithm's number in the formats; 0 is none. */
export const checksumNumber = (algorithm: ChecksumAlgorithm | null): number =>
  algorithm === null ? 0 : checksumAlgorithms.indexOf(algorithm) + 1

/** Throws `DecryptionError` on a number that no algorithm has. */
export function checksumNumbered(number: number): ChecksumAlgorithm | null {
  if (number > ALGORITHMS.length) throw new DecryptionError()
  return ALGORITHMS[number - 1]?.name ?? null
}

/** Writes the value into its 32-byte field and returns the algorithm's number. */
export function writeChecksum(checksum: Checksum | null, field: Buffer): number {
  if (checksum !== null) field.set(checksum.value)
  return checksumNumber(checksum?.algorithm ?? null)
}

/** Throws `DecryptionError` on anything that `writeChecksum` does not write. */
export function readChecksum(number: number, field: Buffer): Checksum | null {
  const algorithm = checksumNumbered(number)
  const size = algorithm === null ? 0 : checksumSize(algorithm)
  expectZero(field.subarray(size))
  return algorithm === null ? null : { algorithm, value: Buffer.from(field.subarray(0, size)) }
}
