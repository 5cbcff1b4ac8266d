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

  test('is at most two batches and a chunk ahead of its reader', async () => {
    let asked = 0
    const source = function* () {
      for (const chunk of every(big, S)) {
        asked += chunk.length
        yield chunk
      }
    }
    const stream = sealStream(key, source(), parallel)
    await stream.next()
    expect(asked).toBe(2 * BATCH + S)
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

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const received: Uint8Array[] = []
  for await (const chunk of chunks) received.push(chunk)
  return concat(...received)
}

function* every(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
