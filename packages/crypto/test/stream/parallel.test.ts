import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  openMessageStream,
  openStream,
  sealMessageStream,
  sealSegments,
  sealStream,
  verifyHeader,
  writeHeader,
} from '../../src/index.ts'
import { concat, flipBit, patterned } from '../changes.ts'
import { dataKey, options } from '../message/example.ts'
import { testedSuites } from '../suites.ts'

const S = 4096
const SEALED = S + 16
const BATCH = 2 ** 22
const parallel = { parallel: true }
const big = patterned(3 * BATCH + 2 * S + 7)

describe.each(testedSuites)('parallel streams of $aead', (suite) => {
  const { payload: key } = writeHeader(dataKey(), options(suite))
  const sealedBig = sealSegments(key, 0, big, true)

  test.each([0, 1, S, BATCH - 1, BATCH, BATCH + 1, big.length])('%i bytes equal the whole', async (size) => {
    const plaintext = big.subarray(0, size)
    const sealed = sealSegments(key, 0, plaintext, true)
    expect(same(await all(sealStream(key, every(plaintext, 65_536), parallel)), sealed)).toBe(true)
    expect(same(await all(openStream(key, every(sealed, 65_536), parallel)), plaintext)).toBe(true)
    expect(same(await all(openStream(key, [sealed], parallel)), plaintext)).toBe(true)
  })

  test.each([S, 2 ** 20, 2 ** 20 + 1, BATCH, 2 * BATCH + S])(
    'chunks of %i bytes, with memory used again',
    async (size) => {
      const again = { parallel: true, reuse: true }
      expect(same(await copied(sealStream(key, every(big, size), again)), sealedBig)).toBe(true)
      expect(same(await copied(openStream(key, every(sealedBig, size), again)), big)).toBe(true)
      const whole = sealedBig.subarray(0, (3 * BATCH * SEALED) / S)
      await expect(copied(openStream(key, every(whole, size), again))).rejects.toThrow(DecryptionError)
    },
  )

  test('chunks of every kind, large and small, empty, at borders and not', async () => {
    const kinds = fc.oneof(
      fc.constantFrom(0, 1, S, SEALED, 64 * S, 64 * SEALED, 2 ** 18, BATCH, BATCH + 1),
      fc.integer({ min: 0, max: 2 ** 21 }),
    )
    const sizes = fc.array(kinds, { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async (cuts, reuse) => {
        const size = Math.min(
          cuts.reduce((sum, cut) => sum + cut, 0),
          big.length,
        )
        const plaintext = big.subarray(0, size)
        const sealed = sealSegments(key, 0, plaintext, true)
        const modes = { parallel: true, reuse }
        expect(same(await copied(sealStream(key, cutInto(plaintext, cuts), modes)), sealed)).toBe(true)
        expect(same(await copied(openStream(key, cutInto(sealed, cuts), modes)), plaintext)).toBe(true)
      }),
      { numRuns: 12 },
    )
  })

  test('what is broken is refused, and what was released before is authentic and in order', async () => {
    const secondBatch = (BATCH / S) * SEALED
    const broken = [
      flipBit(sealedBig, 8 * (secondBatch + 3 * SEALED)),
      sealedBig.subarray(0, 2 * secondBatch),
      sealedBig.subarray(0, sealedBig.length - 1),
      concat(sealedBig, new Uint8Array(1)),
      concat(sealedBig.subarray(0, secondBatch), sealedBig),
      concat(sealedBig.subarray(0, secondBatch), sealedBig.subarray(2 * secondBatch)),
    ]
    for (const sealed of broken) {
      const released: Uint8Array[] = []
      const read = async () => {
        for await (const chunk of openStream(key, every(sealed, 1_000_000), parallel)) released.push(chunk)
      }
      await expect(read()).rejects.toThrow(DecryptionError)
      const plaintext = concat(...released)
      expect(same(plaintext, big.subarray(0, plaintext.length))).toBe(true)
    }
  })

  test('is at most a batch and a chunk ahead of its reader', async () => {
    let asked = 0
    const source = function* () {
      for (const chunk of every(big, S)) {
        asked += chunk.length
        yield chunk
      }
    }
    const stream = sealStream(key, source(), parallel)
    await stream.next()
    expect(asked).toBe(BATCH + S)
    await stream.return()
  })

  test("its source's own error passes through, after what came before it", async () => {
    const lost = new Error('connection lost')
    async function* source() {
      yield big.subarray(0, BATCH + S)
      throw lost
    }
    await expect(all(sealStream(key, source(), parallel))).rejects.toBe(lost)
  })

  test('messages', async () => {
    const message = await all(sealMessageStream(dataKey(), options(suite), every(big, 100_000), parallel))
    const unlock = (header: Parameters<typeof verifyHeader>[0]) => verifyHeader(header, dataKey())
    expect(same(await all(openMessageStream(every(message, 70_000), unlock, parallel)), big)).toBe(true)
  })
})

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Everything, copied as it comes. */
async function copied(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const received: Uint8Array[] = []
  for await (const chunk of chunks) received.push(new Uint8Array(chunk))
  return concat(...received)
}

/** Chunks of these sizes, and one of the rest. */
function* cutInto(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const received: Uint8Array[] = []
  for await (const chunk of chunks) received.push(chunk)
  return concat(...received)
}

function* every(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
