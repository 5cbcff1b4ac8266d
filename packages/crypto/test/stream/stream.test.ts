import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ReadableStream } from 'node:stream/web'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  openMessage,
  openMessageStream,
  openStream,
  openTransform,
  type parseHeader,
  sealMessage,
  sealMessageStream,
  sealSegments,
  sealStream,
  sealTransform,
  verifyHeader,
  writeHeader,
} from '../../src/index.ts'
import { concat, patterned } from '../changes.ts'
import { context, dataKey, options } from '../message/example.ts'
import { testedSuites } from '../suites.ts'

const S = 4096
const BATCH = 2 ** 20

describe.each(testedSuites)('streams of $aead', (suite) => {
  const { payload: key } = writeHeader(dataKey(), options(suite))
  const big = patterned(2 * BATCH + 3 * S + 7)
  const bigSealed = sealSegments(key, 0, big, true)

  test('streams of any chunking equal the whole', async () => {
    const sizes = fc.array(fc.nat({ max: 3 * S }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 3 * S }), sizes, async (size, cuts) => {
        const plaintext = patterned(size)
        const sealed = sealSegments(key, 0, plaintext, true)
        expect(same(await all(sealStream(key, chunked(plaintext, cuts))), sealed)).toBe(true)
        expect(same(await all(openStream(key, chunked(sealed, cuts))), plaintext)).toBe(true)
      }),
    )
  })

  test.each([0, 1, S, S + 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH])(
    '%i bytes, at the borders of segments and batches',
    async (size) => {
      const plaintext = big.subarray(0, size)
      const sealed = sealSegments(key, 0, plaintext, true)
      for (const chunk of [size + 16, 65_536, 100_003, 262_144, 300_000, BATCH]) {
        expect(same(await all(sealStream(key, every(plaintext, chunk))), sealed)).toBe(true)
        expect(same(await all(openStream(key, every(sealed, chunk))), plaintext)).toBe(true)
      }
    },
  )

  test('byte by byte', async () => {
    const plaintext = big.subarray(0, S + 3)
    const sealed = await all(sealStream(key, every(plaintext, 1)))
    expect(same(await all(openStream(key, every(sealed, 1))), plaintext)).toBe(true)
  })

  test('any cut, extension and repetition of a stream is refused, whatever was released before', async () => {
    const whole = BATCH + (BATCH / S) * 16
    const broken = [
      bigSealed.subarray(0, 0),
      bigSealed.subarray(0, whole),
      bigSealed.subarray(0, bigSealed.length - 1),
      bigSealed.subarray(0, bigSealed.length - 7 - 16),
      concat(bigSealed, new Uint8Array(1)),
      concat(bigSealed.subarray(0, whole), bigSealed),
      bigSealed.subarray(whole),
    ]
    for (const sealed of broken) {
      const released: Uint8Array[] = []
      const read = async () => {
        for await (const chunk of openStream(key, every(sealed, 65_536))) released.push(chunk)
      }
      await expect(read()).rejects.toThrow(DecryptionError)
      const plaintext = concat(...released)
      expect(same(plaintext, big.subarray(0, plaintext.length))).toBe(true)
    }
  })

  test('web streams', async () => {
    const source = ReadableStream.from(every(big, 70_000))
    const opened = source.pipeThrough(sealTransform(key)).pipeThrough(openTransform(key))
    expect(same(await all(opened), big)).toBe(true)
    const cut = ReadableStream.from(every(bigSealed.subarray(0, bigSealed.length - 1), 70_000))
    await expect(all(cut.pipeThrough(openTransform(key)))).rejects.toThrow(DecryptionError)
  })

  test("Node's pipeline", async () => {
    const received: Uint8Array[] = []
    await pipeline(
      Readable.from(every(big, 70_000)),
      (chunks) => sealStream(key, chunks),
      (chunks) => openStream(key, chunks),
      async (chunks) => {
        for await (const chunk of chunks) received.push(chunk)
      },
    )
    expect(same(concat(...received), big)).toBe(true)
  })

  test('reads no more of its source than it needs to give out the next batch', async () => {
    let asked = 0
    const source = function* () {
      for (const chunk of every(big, S)) {
        asked += chunk.length
        yield chunk
      }
    }
    const stream = sealStream(key, source())
    await stream.next()
    expect(asked).toBe(BATCH + S)
    await stream.return()
  })

  test('few large chunks come out of many small ones', async () => {
    const sizes: number[] = []
    for await (const chunk of sealStream(key, every(big, 100))) sizes.push(chunk.length)
    expect(sizes).toHaveLength(3)
  })

  test('large chunks go through by themselves, and their source may then use their memory again', async () => {
    const memory = new Uint8Array(300_000)
    function* source() {
      for (const chunk of every(big, memory.length)) {
        memory.set(chunk)
        yield memory.subarray(0, chunk.length)
        memory.fill(0)
      }
    }
    const sizes: number[] = []
    const sealed: Uint8Array[] = []
    for await (const chunk of sealStream(key, source())) {
      sizes.push(chunk.length)
      sealed.push(chunk)
    }
    expect(same(concat(...sealed), bigSealed)).toBe(true)
    const direct = Math.floor(memory.length / S)
    expect(sizes[0]).toBe(direct * (S + 16))
  })

  test('where memory is used again a chunk is right until the next one is asked for', async () => {
    const copies = async (stream: AsyncIterable<Uint8Array>) => {
      const [copied, memories] = [[] as Uint8Array[], new Set<ArrayBufferLike>()]
      for await (const chunk of stream) {
        copied.push(Uint8Array.from(chunk))
        memories.add(chunk.buffer)
      }
      expect(memories.size).toBe(1)
      return concat(...copied)
    }
    for (const chunk of [70_000, 300_000, big.length]) {
      expect(same(await copies(sealStream(key, every(big, chunk), { reuse: true })), bigSealed)).toBe(true)
      expect(same(await copies(openStream(key, every(bigSealed, chunk), { reuse: true })), big)).toBe(true)
    }
  })

  test('streams at once never share the memory that they use again', async () => {
    const texts = [big, patterned(BATCH + 9).reverse()]
    for (let turn = 0; turn < 3; turn++) {
      const streams = texts.map((text) => sealStream(key, every(text, 300_000), { reuse: true }))
      const received: Uint8Array[][] = texts.map(() => [])
      for (let left = streams.length; left > 0; ) {
        const results = []
        for (const stream of streams) results.push(await stream.next())
        results.forEach(({ value }, i) => {
          if (value) received[i]?.push(new Uint8Array(value))
        })
        left = results.filter(({ done }) => !done).length
      }
      texts.forEach((text, i) => {
        expect(same(concat(...(received[i] ?? [])), sealSegments(key, 0, text, true))).toBe(true)
      })
    }
  })

  test('messages as streams', async () => {
    const message = await all(sealMessageStream(dataKey(), options(suite), every(big, 100_000)))
    expect(same(openMessage(dataKey(), context, message), big)).toBe(true)
    const small = sealMessage(dataKey(), options(suite), patterned(10))
    for (const chunk of [1, 7, 48, 49, 1_000, message.length])
      expect(same(await all(openMessageStream(every(small, chunk), unlock)), patterned(10))).toBe(true)
    expect(same(await all(openMessageStream(every(message, 70_000), unlock)), big)).toBe(true)
  })

  test('a message whose header is cut or changed is refused, and its source ended', async () => {
    const message = sealMessage(dataKey(), options(suite), patterned(10))
    for (const [broken, whole] of [
      [message.subarray(0, 47), true],
      [message.subarray(0, 100), true],
      [concat(message.subarray(0, 44), new Uint8Array(4).fill(0xff), new Uint8Array(10_000)), false],
    ] as const) {
      const source = watched(every(broken, 48))
      await expect(all(openMessageStream(source, unlock))).rejects.toThrow(DecryptionError)
      expect(source.ended).toBe(true)
      if (!whole) expect(source.given).toBe(48)
    }
  })

  test('when it is not unlocked, its reason passes through and the source is ended', async () => {
    const source = watched(every(sealMessage(dataKey(), options(suite), patterned(10)), 48))
    const denied = new Error('denied')
    const refuse = () => Promise.reject(denied)
    await expect(all(openMessageStream(source, refuse))).rejects.toBe(denied)
    expect(source.ended).toBe(true)
  })

  test("its source's own error passes through", async () => {
    const broken = new Error('connection lost')
    async function* source() {
      yield big.subarray(0, 100)
      throw broken
    }
    await expect(all(sealStream(key, source()))).rejects.toBe(broken)
    await expect(all(openStream(key, source()))).rejects.toBe(broken)
  })
})

const unlock = (header: ReturnType<typeof parseHeader>) => verifyHeader(header, dataKey())

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const received: Uint8Array[] = []
  for await (const chunk of chunks) received.push(chunk)
  return concat(...received)
}

function* every(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function* chunked(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

interface Watched extends AsyncIterable<Uint8Array> {
  given: number
  ended: boolean
}

function watched(chunks: Iterable<Uint8Array>): Watched {
  const source: Watched = {
    given: 0,
    ended: false,
    async *[Symbol.asyncIterator]() {
      try {
        for (const chunk of chunks) {
          source.given += chunk.length
          yield chunk
        }
      } finally {
        source.ended = true
      }
    },
  }
  return source
}
