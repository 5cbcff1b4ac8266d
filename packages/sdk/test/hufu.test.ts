import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ReadableStream } from 'node:stream/web'
import { DecryptionError } from '@hufu/crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Hufu, inspect, inspectFile } from '../src/index.ts'
import { down, healthy, type TestRegion, testRegion } from './support/kms.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-sdk-files-'))
const context = { film: 'Yojimbo' }
let regions: [TestRegion, TestRegion, TestRegion]
let hufu: Hufu

beforeAll(async () => {
  regions = [await testRegion('a'), await testRegion('b'), await testRegion('c')]
})
afterAll(async () => {
  for (const region of regions) await region[Symbol.asyncDispose]()
  rmSync(work, { recursive: true })
})
afterEach(() => {
  for (const region of regions) region.fault = healthy
  hufu?.[Symbol.dispose]()
})

/** Not `toEqual`, which takes seconds a megabyte. */
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** A client that knows no data key yet. */
const fresh = (): Hufu => {
  hufu?.[Symbol.dispose]()
  hufu = new Hufu({ regions })
  return hufu
}
const keys = ['a:alias/films', 'b:alias/films', 'c:alias/films']
const chunksOf = (bytes: Uint8Array, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    Buffer.from(bytes.subarray(i * size, (i + 1) * size)),
  )

describe.each(['aes', 'gm'] as const)('what was sealed opens (%s)', (suite) => {
  it.each([0, 1, 5_000, 65_536, 65_537, 5 * 2 ** 20 + 1])('%i bytes', async (size) => {
    const plaintext = randomBytes(size)
    const sealed = await fresh().encrypt(plaintext, { keys, context, suite })
    expect(same(await fresh().decrypt(sealed, { context }), plaintext)).toBe(true)
  })

  it('a text, a Node stream and a web stream, in each other’s form', async () => {
    const plaintext = randomBytes(3 * 2 ** 20 + 17)
    const options = { keys: ['a:alias/films'], context, suite }
    expect(Buffer.from(await fresh().decrypt(await hufu.encrypt('虎符', options), { context })).toString()).toBe('虎符')
    const node = await hufu.encrypt(Readable.from(chunksOf(plaintext, 70_001)), options)
    const web = await hufu.encrypt(ReadableStream.from(chunksOf(plaintext, 999_999)), options)
    expect(same(await hufu.decrypt(await buffer(node), { context }), plaintext)).toBe(true)
    const opened = await hufu.decrypt(Readable.from(chunksOf(await buffer(web), 12_345)), { context })
    expect(same(await buffer(opened), plaintext)).toBe(true)
  })

  it.each([false, true])(
    'a stream whose memory is used again, chunk by chunk, with help of other threads: %s',
    async (parallel) => {
      const plaintext = randomBytes(9 * 2 ** 20 + 17)
      const options = { context, suite, parallel, reuse: true }
      const read = async (stream: AsyncIterable<Uint8Array>) => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(Buffer.from(chunk))
        return Buffer.concat(chunks)
      }
      const source = () => Readable.from(chunksOf(plaintext, 70_001))
      const sealed = await read(await fresh().encrypt(source(), { keys: ['a:alias/films'], ...options }))
      expect(same(await read(await hufu.decrypt(Readable.from(chunksOf(sealed, 999_999)), options)), plaintext)).toBe(
        true,
      )
      const web = await hufu.decrypt(ReadableStream.from(chunksOf(sealed, 70_001)), options)
      expect(same(await read(web), plaintext)).toBe(true)
    },
  )

  it('megabytes in memory, with the help of other threads', async () => {
    const plaintext = randomBytes(13 * 2 ** 20 + 17)
    const sealed = await fresh().encrypt(plaintext, { keys: ['a:alias/films'], context, suite, parallel: true })
    for (const parallel of [true, false])
      expect(same(await hufu.decrypt(sealed, { context, parallel }), plaintext)).toBe(true)
    expect(same(await buffer(await hufu.decrypt(Readable.from([sealed]), { context })), plaintext)).toBe(true)
    await expect(hufu.decrypt(flip(Buffer.from(sealed)), { context, parallel: true })).rejects.toThrow(DecryptionError)
  })

  it.each([999_999, 5 * 2 ** 20])('a stream that other threads help with, in chunks of %i bytes', async (chunk) => {
    const plaintext = randomBytes(11 * 2 ** 20 + 17)
    const options = { keys: ['a:alias/films'], context, suite, parallel: true }
    const sealed = await buffer(await fresh().encrypt(Readable.from(chunksOf(plaintext, chunk)), options))
    expect(same(await hufu.decrypt(sealed, { context }), plaintext)).toBe(true)
    const opened = await hufu.decrypt(Readable.from(chunksOf(sealed, chunk)), { context, parallel: true })
    expect(same(await buffer(opened), plaintext)).toBe(true)
    const cut = Readable.from(chunksOf(sealed.subarray(0, -70_000), chunk))
    const refused = hufu.decrypt(cut, { context, parallel: true }).then(buffer)
    await expect(refused).rejects.toThrow(DecryptionError)
  })
})

describe('files', () => {
  const plaintext = randomBytes(21 * 2 ** 20 + 5)
  const [plain, sealed, opened] = ['plain', 'sealed', 'opened'].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ]

  it.each([
    [0, false],
    [70_000, false],
    [plaintext.length, false],
    [plaintext.length, true],
  ])('of %i bytes, small ones here and large ones in workers, with our help: %s', async (size, alone) => {
    writeFileSync(plain, plaintext.subarray(0, size), { mode: 0o640 })
    const seen: number[] = []
    await fresh().encryptFile(plain, sealed, { keys, context, alone, onProgress: (bytes) => seen.push(bytes) })
    await fresh().decryptFile(sealed, opened, { context, alone })
    expect(readFileSync(opened).equals(plaintext.subarray(0, size))).toBe(true)
    expect(statSync(opened).mode & 0o777).toBe(0o640)
    expect(seen.at(-1)).toBe(size)
    expect(Buffer.from(await hufu.decrypt(readFileSync(sealed), { context })).equals(plaintext.subarray(0, size))).toBe(
      true,
    )
  })

  it('are read anywhere', async () => {
    writeFileSync(plain, plaintext)
    await fresh().encryptFile(plain, sealed, { keys, context })
    await using reader = await fresh().reader(sealed, { context })
    expect(reader.size).toBe(plaintext.length)
    for (const [start, end] of [
      [0, 0],
      [0, 1],
      [65_535, 65_537],
      [plaintext.length - 5, plaintext.length],
    ] as const)
      expect(same(await reader.read(start, end), plaintext.subarray(start, end))).toBe(true)
    expect(
      (await buffer(Readable.from(reader.stream(1_000_000, 9_000_000)))).equals(
        plaintext.subarray(1_000_000, 9_000_000),
      ),
    ).toBe(true)
    await expect(reader.read(5, plaintext.length + 1)).rejects.toThrow(RangeError)
  })

  it.each([false, true])(
    'leave nothing behind when they are not authentic, not writable, or called off, with our help: %s',
    async (alone) => {
      writeFileSync(plain, plaintext)
      await fresh().encryptFile(plain, sealed, { keys, context })
      const good = readFileSync(sealed)
      rmSync(opened, { force: true })
      const before = readdirSync(work).sort()
      for (const damage of [(b: Buffer) => b.subarray(0, -1), (b: Buffer) => Buffer.concat([b, Buffer.of(0)]), flip]) {
        writeFileSync(sealed, damage(Buffer.from(good)))
        await expect(hufu.decryptFile(sealed, opened, { context, alone })).rejects.toThrow(DecryptionError)
      }
      writeFileSync(sealed, good)
      const calling = new AbortController()
      const onProgress = (): void => calling.abort(new Error('called off'))
      for (const { signal } of [calling, calling]) {
        const opening = hufu.decryptFile(sealed, opened, { context, alone, signal, onProgress })
        await expect(opening).rejects.toThrow('called off')
      }
      await expect(hufu.decryptFile(sealed, join(work, 'no', 'such'), { context, alone })).rejects.toThrow('ENOENT')
      expect(readdirSync(work).sort()).toEqual(before)
    },
  )
})

const flip = (bytes: Buffer): Buffer => {
  bytes[bytes.length - 200_000] = (bytes[bytes.length - 200_000] ?? 0) ^ 1
  return bytes
}

describe('several keys', () => {
  it.each([0, 1, 2])('any one opens: only region %i is alive', async (alive) => {
    const sealed = await fresh().encrypt('order', { keys, context })
    for (const [i, region] of regions.entries()) region.fault = i === alive ? healthy : down
    expect(Buffer.from(await fresh().decrypt(sealed, { context })).toString()).toBe('order')
  })

  it('seals with the minimum that answers, and says who is missing', async () => {
    regions[0].fault = down
    const missed: string[] = []
    const options = {
      keys,
      context,
      onMissed: (all: readonly { name: string }[]) => missed.push(...all.map(({ name }) => name)),
    }
    await expect(fresh().encrypt('order', options)).rejects.toThrow('a:alias/films: connection refused')
    const sealed = await fresh().encrypt('order', { ...options, minimum: 2 })
    expect((await inspect(sealed)).recipients.map(({ region }) => region).sort()).toEqual(['b', 'c'])
    expect(missed).toEqual(['a:alias/films'])
  })

  it('stand in the order in which they were named, whichever made the data key', async () => {
    const failOnce = (region: TestRegion): void => {
      region.fault = async () => {
        region.fault = healthy
        await down()
      }
    }
    for (const failing of [[regions[0]], [regions[0], regions[1]]]) {
      failing.forEach(failOnce)
      const sealed = await fresh().encrypt('order', { keys, context })
      expect((await inspect(sealed)).recipients.map(({ region }) => region)).toEqual(['a', 'b', 'c'])
    }
    regions[1].fault = down
    const without = await fresh().encrypt('order', { keys, context, minimum: 2 })
    expect((await inspect(without)).recipients.map(({ region }) => region)).toEqual(['a', 'c'])
  })

  it('tells the reason of each when none opens', async () => {
    const sealed = await fresh().encrypt('order', { keys, context })
    regions[0].fault = down
    await regions[1].operations.disableKey(regions[1].keyId)
    regions[2].fault = down
    const error = await fresh()
      .decrypt(sealed, { context })
      .catch((error) => error)
    expect(error).toMatchObject({ code: 'Unavailable' })
    expect(error.message).toMatch(/a:.*connection refused/)
    expect(error.message).toMatch(/b:.*disabled/i)
    await regions[1].operations.enableKey(regions[1].keyId)
  })

  it('needs t of n with a threshold', async () => {
    const sealed = await fresh().encrypt('order', { keys, context, threshold: 2 })
    regions[0].fault = down
    expect(Buffer.from(await fresh().decrypt(sealed, { context })).toString()).toBe('order')
    regions[1].fault = down
    await expect(fresh().decrypt(sealed, { context })).rejects.toMatchObject({ code: 'Unavailable' })
  })
})

describe('rewrap', () => {
  it('adds, removes and replaces recipients without touching the payload', async () => {
    const sealed = await fresh().encrypt(randomBytes(100_000), { keys: ['a:alias/films'], context })
    const { headerSize } = await inspect(sealed)
    const both = await hufu.rewrap(sealed, { context, add: ['b:alias/films'] })
    expect(same(both.subarray((await inspect(both)).headerSize), sealed.subarray(headerSize))).toBe(true)
    regions[0].fault = down
    await fresh().decrypt(both, { context })
    regions[0].fault = healthy
    const onlyB = await hufu.rewrap(both, { context, remove: [`a:${regions[0].keyId}`] })
    const onlyC = await hufu.rewrap(Readable.from([Buffer.from(onlyB)]), { context, keys: ['c:alias/films'] })
    const bytes = await buffer(onlyC)
    expect((await inspect(bytes)).recipients.map(({ region }) => region)).toEqual(['c'])
    await fresh().decrypt(bytes, { context })
    const file = join(work, 'rewrapped')
    writeFileSync(file, bytes)
    await hufu.rewrapFile(file, { context, add: ['a:alias/films'] })
    expect((await inspectFile(file)).recipients.map(({ region }) => region)).toEqual(['c', 'a'])
    await fresh().decryptFile(file, `${file}.plain`, { context })
  })

  it('refuses to leave nobody, to remove a stranger, and the wrong context', async () => {
    const sealed = await fresh().encrypt('order', { keys: ['a:alias/films'], context })
    await expect(hufu.rewrap(sealed, { context, remove: [regions[0].keyId] })).rejects.toMatchObject({
      code: 'InvalidParameter',
    })
    await expect(hufu.rewrap(sealed, { context, remove: ['a:nobody'] })).rejects.toMatchObject({
      code: 'InvalidParameter',
    })
    await expect(hufu.rewrap(sealed, { context: {}, add: ['b:alias/films'] })).rejects.toThrow(DecryptionError)
  })
})

describe('bad input is one decryption error', () => {
  it('a truncation, a trailing byte, a flipped bit anywhere in the header, another context', async () => {
    const sealed = await fresh().encrypt('the order', { keys: ['a:alias/films'], context })
    const { headerSize } = await inspect(sealed)
    const damaged = [
      sealed.subarray(0, -1),
      sealed.subarray(0, 20),
      new Uint8Array(0),
      Buffer.concat([sealed, Buffer.of(0)]),
    ]
    for (const bytes of damaged) await expect(hufu.decrypt(bytes, { context })).rejects.toThrow(DecryptionError)
    for (let at = 0; at < headerSize; at += 7) {
      const flipped = Buffer.from(sealed)
      flipped[at] = (flipped[at] ?? 0) ^ 0x40
      await expect(hufu.decrypt(flipped, { context })).rejects.toThrow()
    }
    for (const other of [{}, { film: 'Ran' }, { ...context, more: '' }])
      await expect(hufu.decrypt(sealed, { context: other })).rejects.toThrow(DecryptionError)
  })

  it('a stream that is cut gives out no end', async () => {
    const sealed = await fresh().encrypt(randomBytes(2 ** 21), { keys: ['a:alias/films'], context })
    const opened = await hufu.decrypt(Readable.from(chunksOf(sealed.subarray(0, -70_000), 50_000)), { context })
    await expect(buffer(opened)).rejects.toThrow(DecryptionError)
  })

  it('wrong calls are told before anything is asked', async () => {
    for (const wrong of [
      { keys: [] },
      { keys: ['a:x', 'a:x'] },
      { keys, minimum: 4 },
      { keys, minimum: 0 },
      { keys, threshold: 5 },
    ])
      await expect(fresh().encrypt('x', { context, ...wrong })).rejects.toThrow(TypeError)
    await expect(hufu.encrypt('x', { keys: ['alias/films'], context })).rejects.toMatchObject({ code: 'InvalidKeyId' })
  })
})

it('asks once for many messages, and never again once the key is told to have changed', async () => {
  const [a] = regions
  const own = new Hufu({ regions: [{ ...a, events: a.kms.events }] })
  const calls = a.calls
  const sealed = await Promise.all(
    Array.from({ length: 20 }, () => own.encrypt('x', { keys: ['alias/films'], context })),
  )
  for (const one of sealed) await own.decrypt(one, { context })
  expect(a.calls - calls).toBe(2)
  expect(own.metrics).toMatchObject({ sealing: { misses: 1 }, opening: { hits: 19, misses: 1 } })
  await a.operations.disableKey(a.keyId)
  await expect(own.decrypt(sealed[0] as Uint8Array, { context })).rejects.toMatchObject({ code: 'KeyDisabled' })
  await a.operations.enableKey(a.keyId)
  own[Symbol.dispose]()
})
