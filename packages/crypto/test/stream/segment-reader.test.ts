import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ByteSource,
  DecryptionError,
  fileSource,
  memorySource,
  openMessageReader,
  readHeader,
  SegmentReader,
  sealMessage,
  sealSegments,
  verifyHeader,
  writeHeader,
} from '../../src/index.ts'
import { concat, flipBit, patterned } from '../changes.ts'
import { dataKey, options } from '../message/example.ts'
import { testedSuites } from '../suites.ts'

const S = 4096
const SEALED = S + 16

describe.each(testedSuites)('reading $aead at random', (suite) => {
  const { payload: key } = writeHeader(dataKey(), options(suite))
  const plaintext = patterned(300 * S + 77)
  const sealed = sealSegments(key, 0, plaintext, true)

  test('every range equals the slice', async () => {
    const reader = await SegmentReader.open(key, memorySource(sealed))
    expect(reader.size).toBe(plaintext.length)
    const place = fc.nat({ max: plaintext.length })
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)]
        const slice = plaintext.subarray(start, end)
        expect(Buffer.compare(await reader.read(start, end), slice)).toBe(0)
        expect(Buffer.compare(await all(reader.stream(start, end)), slice)).toBe(0)
      }),
    )
  })

  test('ranges at the borders of small plaintexts', async () => {
    for (const size of [0, 1, S - 1, S, S + 1, 2 * S]) {
      const reader = await SegmentReader.open(
        key,
        memorySource(sealSegments(key, 0, plaintext.subarray(0, size), true)),
      )
      const places = [0, 1, S - 1, S, S + 1, 2 * S].filter((place) => place <= size)
      for (const start of places)
        for (const end of places.filter((place) => place >= start))
          expect(Buffer.compare(await reader.read(start, end), plaintext.subarray(start, end))).toBe(0)
      await expect(reader.read(0, size + 1)).rejects.toThrow(RangeError)
    }
  })

  test('a cut or extended source is refused before anything is read', async () => {
    for (const size of [0, 1, 15, SEALED, 2 * SEALED, sealed.length - 77 - 16, sealed.length - 1])
      await expect(SegmentReader.open(key, memorySource(sealed.subarray(0, size)))).rejects.toThrow(DecryptionError)
    for (const more of [1, SEALED - 77 - 16, SEALED])
      await expect(SegmentReader.open(key, memorySource(concat(sealed, new Uint8Array(more))))).rejects.toThrow(
        DecryptionError,
      )
  })

  test('a changed segment fails the ranges that touch it and no others', async () => {
    const reader = await SegmentReader.open(key, memorySource(flipBit(sealed, 8 * (5 * SEALED + 9))))
    await expect(reader.read(5 * S + 4000, 5 * S + 4001)).rejects.toThrow(DecryptionError)
    await expect(all(reader.stream(0, reader.size))).rejects.toThrow(DecryptionError)
    expect(Buffer.compare(await reader.read(0, 5 * S), plaintext.subarray(0, 5 * S))).toBe(0)
    expect(Buffer.compare(await reader.read(6 * S, 9 * S), plaintext.subarray(6 * S, 9 * S))).toBe(0)
  })

  test('swapped segments are refused', async () => {
    const swapped = Uint8Array.from(sealed)
    swapped.copyWithin(SEALED, 2 * SEALED, 3 * SEALED)
    const reader = await SegmentReader.open(key, memorySource(swapped))
    await expect(reader.read(S, S + 1)).rejects.toThrow(DecryptionError)
  })

  test('a source that gives less than it said is refused', async () => {
    const short: ByteSource = { size: sealed.length, read: async (at, length) => sealed.subarray(at, at + length - 1) }
    await expect(SegmentReader.open(key, short)).rejects.toThrow(DecryptionError)
  })

  test('a message in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hufu-reader-'))
    try {
      const path = join(folder, 'message')
      await writeFile(path, sealMessage(dataKey(), options(suite), plaintext))
      await using file = await open(path)
      const source = await fileSource(file)
      const header = await readHeader(source)
      using payload = verifyHeader(header, dataKey())
      const reader = await openMessageReader(payload, header, source)
      expect(Buffer.compare(await reader.read(S - 5, 3 * S + 5), plaintext.subarray(S - 5, 3 * S + 5))).toBe(0)
      await expect(readHeader(memorySource(header.bytes.subarray(0, -1)))).rejects.toThrow(DecryptionError)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const received: Uint8Array[] = []
  for await (const chunk of chunks) received.push(chunk)
  return concat(...received)
}
