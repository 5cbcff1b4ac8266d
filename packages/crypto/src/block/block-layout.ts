import { TAG_SIZE } from '../aead.ts'

export const BLOCK_SESSION_SIZE = 16
export const BLOCK_COUNTER_SIZE = 8
/** Bytes that a sealed block is longer than its plaintext. */
export const BLOCK_OVERHEAD = BLOCK_SESSION_SIZE + BLOCK_COUNTER_SIZE + TAG_SIZE
/** Bytes in front of block 0 of a backing file. */
export const FILE_HEADER_SIZE = 32
/** One more than the highest block number. */
export const BLOCK_NUMBERS = 2 ** 51

export type BlockSize = 4_096 | 65_536

/** Bytes of the sealed blocks of a plaintext. */
export const sealedBlocksSize = (plaintextSize: number, blockSize: BlockSize): number =>
  plaintextSize + BLOCK_OVERHEAD * Math.ceil(plaintextSize / blockSize)

/** The plaintext's size, or null when no plaintext has so many bytes of sealed blocks. */
export function openedBlocksSize(sealedSize: number, blockSize: BlockSize): number | null {
  const step = blockSize + BLOCK_OVERHEAD
  const rest = sealedSize % step
  if (!Number.isSafeInteger(sealedSize) || sealedSize < 0 || (rest > 0 && rest <= BLOCK_OVERHEAD)) return null
  return sealedSize - BLOCK_OVERHEAD * Math.ceil(sealedSize / step)
}

/** Where block `number` stands in the backing file. */
export const blockOffset = (number: number, blockSize: BlockSize): number =>
  FILE_HEADER_SIZE + number * (blockSize + BLOCK_OVERHEAD)

/** The blocks [first, end) that hold the plaintext bytes [start, end). */
export const blockSpan = (start: number, end: number, blockSize: BlockSize): { first: number; end: number } => ({
  first: Math.floor(start / blockSize),
  end: Math.ceil(end / blockSize),
})
