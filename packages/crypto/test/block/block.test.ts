import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BLOCK_NUMBERS,
  type BlockSize,
  blockOffset,
  blockSpan,
  DecryptionError,
  FileBlocks,
  type FileBlocksOptions,
  openedBlocksSize,
  Secret,
  sealedBlocksSize,
  suites,
} from '../../src/index.ts'
import { concat, flipBit, patterned } from '../changes.ts'
import { testedSuites } from '../suites.ts'

const B = 4096
const STEP = B + 40
const fileId = new Uint8Array(16).fill(5)
const filled = (byte: number): Secret => Secret.take(new Uint8Array(32).fill(byte))

describe.each(testedSuites)('blocks of $aead', (suite) => {
  const options: FileBlocksOptions = { suite, blockSize: B, contentKey: filled(1), fileId }
  const file = new FileBlocks(options)
  const refused = (first: number, sealed: Uint8Array): void => {
    expect(() => file.open(first, sealed)).toThrow(DecryptionError)
  }

  test.each([
    [0, 0, 0],
    [1, 41, 41],
    [5_000, 5_080, 5_040],
  ])('%i bytes are %i in blocks of 4 KiB, %i in blocks of 64 KiB', (size, small, large) => {
    expect(file.seal(0, new Uint8Array(size))).toHaveLength(small)
    const archive = new FileBlocks({ ...options, blockSize: 65_536 })
    expect(archive.seal(0, new Uint8Array(size))).toHaveLength(large)
  })

  test('blocks open to what was sealed, together and one by one', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 * B }), fc.nat({ max: BLOCK_NUMBERS - 5 }), (size, first) => {
        const plaintext = patterned(size)
        const sealed = file.seal(first, plaintext)
        expect(Buffer.compare(file.open(first, sealed), plaintext)).toBe(0)
        for (let i = 0; i * B < size; i++) {
          const opened = file.open(first + i, sealed.subarray(i * STEP, (i + 1) * STEP))
          expect(Buffer.compare(opened, plaintext.subarray(i * B, (i + 1) * B))).toBe(0)
        }
      }),
    )
  })

  test('any changed bit, any cut within a block is refused', () => {
    const sealed = file.seal(9, patterned(20))
    for (let bit = 0; bit < sealed.length * 8; bit++) refused(9, flipBit(sealed, bit))
    for (let size = 1; size < sealed.length; size++) refused(9, sealed.subarray(0, size))
    refused(9, concat(sealed, new Uint8Array(1)))
  })

  test('moved, swapped and repeated blocks are refused', () => {
    const sealed = file.seal(0, patterned(3 * B))
    const [a, b, c] = [0, 1, 2].map((i) => sealed.subarray(i * STEP, (i + 1) * STEP)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    refused(1, a)
    refused(0, concat(b, a, c))
    refused(0, concat(a, c))
    refused(0, concat(a, a, c))
    refused(2 ** 32, a)
  })

  test.each<[string, Partial<FileBlocksOptions>]>([
    ['file', { fileId: new Uint8Array(16).fill(6) }],
    ['volume', { contentKey: filled(2) }],
  ])('a block of another %s is refused', (_, other) => {
    refused(0, new FileBlocks({ ...options, ...other }).seal(0, patterned(100)))
  })

  test('a block does not open under another block size', () => {
    const archive = new FileBlocks({ ...options, blockSize: 65_536 })
    expect(() => archive.open(0, file.seal(0, patterned(100)))).toThrow(DecryptionError)
  })

  test('holes open to zeros, between blocks and at the end', () => {
    const sealed = file.seal(0, patterned(3 * B + 5))
    sealed.fill(0, STEP, 2 * STEP)
    sealed.fill(0, 3 * STEP)
    const expected = patterned(3 * B + 5)
    expected.fill(0, B, 2 * B)
    expected.fill(0, 3 * B)
    expect(Buffer.compare(file.open(0, sealed), expected)).toBe(0)
    refused(0, new Uint8Array(40))
  })

  test('a block that is written again never has the same session and counter', () => {
    const prefixes = Array.from({ length: 50 }, () => file.seal(0, patterned(1)).subarray(0, 24))
    file.renewSession()
    prefixes.push(file.seal(0, patterned(1)).subarray(0, 24))
    expect(new Set(prefixes.map((prefix) => Buffer.from(prefix).toString('hex'))).size).toBe(51)
  })
})

test('sizes and places follow from each other', () => {
  const blockSizes = fc.constantFrom<BlockSize>(4_096, 65_536)
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 52 }), blockSizes, (size, blockSize) => {
      expect(openedBlocksSize(sealedBlocksSize(size, blockSize), blockSize)).toBe(size)
    }),
  )
  for (let sealed = 0; sealed < 3 * STEP; sealed++) {
    const size = openedBlocksSize(sealed, B)
    if (size !== null) expect(sealedBlocksSize(size, B)).toBe(sealed)
    else expect(sealed % STEP).toBeLessThanOrEqual(40)
  }
  expect(blockOffset(2, B)).toBe(32 + 2 * STEP)
  expect(blockSpan(B - 1, B + 1, B)).toEqual({ first: 0, end: 2 })
  expect(blockSpan(B, 2 * B, B)).toEqual({ first: 1, end: 2 })
})

test.each<[string, () => unknown]>([
  ['a block size of 512', () => new FileBlocks({ ...right, blockSize: 512 as BlockSize })],
  ['a content key of 16 bytes', () => new FileBlocks({ ...right, contentKey: Secret.random(16) })],
  ['a file id of 15 bytes', () => new FileBlocks({ ...right, fileId: new Uint8Array(15) })],
])('%s is a TypeError', (_, make) => expect(make).toThrow(TypeError))

test('block numbers end below 2^51', () => {
  const file = new FileBlocks(right)
  expect(file.seal(BLOCK_NUMBERS - 1, new Uint8Array(B))).toHaveLength(STEP)
  expect(() => file.seal(BLOCK_NUMBERS - 1, new Uint8Array(B + 1))).toThrow(RangeError)
  expect(() => file.open(-1, new Uint8Array(STEP))).toThrow(RangeError)
})

const right: FileBlocksOptions = { suite: suites.aes, blockSize: B, contentKey: filled(1), fileId }
