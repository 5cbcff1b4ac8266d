import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ReadableStream } from 'node:stream/web'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest'
import { Hufu, unsafeStaticRegion } from '../src/index.ts'

const MIB = 2 ** 20
const hufu = new Hufu({ regions: [unsafeStaticRegion({ name: 'r', keys: { k: new Uint8Array(32) } })] })
const context = { film: 'Ikiru' }
const options = { keys: ['k'], context }
afterAll(() => hufu[Symbol.dispose]())

/** Mebibytes, which tell how many were asked for. */
class Counted {
  asked = 0
  ended = false
  readonly #chunks: readonly Uint8Array[]

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (const chunk of this.#chunks) {
        this.asked++
        yield chunk
      }
    } finally {
      this.ended = true
    }
  }
}

const plaintext = Array.from({ length: 64 }, () => new Uint8Array(MIB))
const sealed = async (): Promise<Uint8Array[]> => {
  const whole = await buffer(await hufu.encrypt(Readable.from(plaintext), options))
  return Array.from({ length: Math.ceil(whole.length / MIB) }, (_, i) => whole.subarray(i * MIB, (i + 1) * MIB))
}
const inAFewTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await setImmediate()
}

describe.each([false, true])('a stream that nobody reads on, shared with other threads: %s', (parallel) => {
  const ways = {
    'a Node stream is sealed': async (source: Counted) =>
      hufu.encrypt(Readable.from(source), { ...options, parallel }) as Promise<AsyncIterable<Uint8Array>>,
    'a web stream is sealed': async (source: Counted) =>
      hufu.encrypt(ReadableStream.from(source), { ...options, parallel }) as Promise<AsyncIterable<Uint8Array>>,
    'a Node stream is opened': async (source: Counted) =>
      hufu.decrypt(Readable.from(source), { context, parallel }) as Promise<AsyncIterable<Uint8Array>>,
  }

  it.each(Object.entries(ways))('takes no more from its source: %s', async (way, use) => {
    const source = new Counted(way.endsWith('opened') ? await sealed() : plaintext)
    const chunks = (await use(source))[Symbol.asyncIterator]()
    expect((await chunks.next()).done).toBe(false)
    await inAFewTurns()
    expect(source.asked).toBeLessThan(24)
    await chunks.return?.()
    await expect.poll(() => source.asked === 0 || source.ended).toBe(true)
  })
})

describe('a stream that is given up before anything of it was read ends its source', () => {
  const uses = {
    sealed: (source: Readable | ReadableStream<Uint8Array>) => hufu.encrypt(source, options),
    opened: (source: Readable | ReadableStream<Uint8Array>) => hufu.decrypt(source, { context }),
    rewrapped: (source: Readable | ReadableStream<Uint8Array>) => hufu.rewrap(source, { ...options }),
  }

  it.each(Object.entries(uses))('when it is %s', async (way, use) => {
    const message = await buffer(await hufu.encrypt(Readable.from(plaintext), options))
    const chunks = () => (way === 'sealed' ? plaintext : [message.subarray(0, MIB), message.subarray(MIB)])
    const node = Readable.from(chunks())
    const fromNode = (await use(node)) as Readable
    fromNode.destroy()
    await expect.poll(() => node.destroyed).toBe(true)
    let cancelled = false
    const left = [...chunks()]
    const web = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(left.shift() ?? new Uint8Array(1)),
      cancel() {
        cancelled = true
      },
    })
    await ((await use(web)) as ReadableStream<Uint8Array>).cancel()
    await expect.poll(() => cancelled).toBe(true)
  })
})

it('what comes out has the form of what went in, and wrong calls do not compile', () => {
  const bytes = new Uint8Array(1)
  const wrong = {
    noContext: () =>
      // @ts-expect-error whoever decrypts says which context he expects
      hufu.decrypt(bytes, {}),
    noKeys: () =>
      // @ts-expect-error whoever encrypts says who may decrypt
      hufu.encrypt(bytes, { context }),
    oneKey: () =>
      // @ts-expect-error keys are a list
      hufu.encrypt(bytes, { keys: 'k', context }),
    text: () =>
      // @ts-expect-error sealed data is bytes, not a text
      hufu.decrypt('sealed', { context }),
    numbers: () =>
      // @ts-expect-error a context's values are texts
      hufu.encrypt(bytes, { keys: ['k'], context: { case: 7 } }),
    suite: () =>
      // @ts-expect-error there are two suites
      hufu.encrypt(bytes, { ...options, suite: 'des' }),
  }
  expect(Object.keys(wrong)).toHaveLength(6)
  type Sealed<Input extends Readable | ReadableStream<Uint8Array> | Uint8Array> = Awaited<
    ReturnType<typeof hufu.decrypt<Input>>
  >
  expectTypeOf<Sealed<Readable>>().toEqualTypeOf<Readable>()
  expectTypeOf<Sealed<ReadableStream<Uint8Array>>>().toEqualTypeOf<ReadableStream<Uint8Array>>()
  expectTypeOf<Sealed<Uint8Array>>().toEqualTypeOf<Uint8Array>()
})
