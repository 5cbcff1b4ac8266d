import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { DecryptionError } from '@hufu/crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Hufu, inspect, inspectFile } from '../src/index.ts'
import { down, healthy, type TestRegion, testRegion } from './support/kms.ts'

const context = { film: 'Kagemusha' }
const keys = ['a:alias/films', 'b:alias/films']
const work = mkdtempSync(join(tmpdir(), 'hufu-sdk-bad-'))
let regions: [TestRegion, TestRegion]
let refused: string[]
let hufu: Hufu
let sealed: Uint8Array

beforeAll(async () => {
  regions = [await testRegion('a'), await testRegion('b')]
  const sealing = new Hufu({ regions })
  sealed = await sealing.encrypt(randomBytes(200_000), { keys, context })
  sealing[Symbol.dispose]()
})
afterAll(async () => {
  for (const region of regions ?? []) await region[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})
beforeEach(() => {
  refused = []
  hufu = new Hufu({ regions, onRefused: (reason) => refused.push(reason) })
})
afterEach(() => {
  for (const region of regions) region.fault = healthy
  hufu[Symbol.dispose]()
})

/** The message with these bytes in the place of its own. */
function overwritten(at: number, ...bytes: number[]): Uint8Array {
  const copy = Uint8Array.from(sealed)
  copy.set(bytes, at)
  return copy
}

/** A recipient's wrapped key, one bit of which is another: what the KMS itself refuses. */
async function wrappedKeysChanged(): Promise<Uint8Array> {
  const { headerSize } = await inspect(sealed)
  const copy = Uint8Array.from(sealed)
  const half = Math.floor((headerSize - 32 - 48) / 2)
  for (const at of [48 + half - 3, headerSize - 32 - 3]) copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

const damages: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>, RegExp])[] = [
  ['nothing', () => new Uint8Array(0), /end within a field/],
  ['half a head', () => sealed.subarray(0, 20), /end within a field/],
  ['half a header', () => sealed.subarray(0, 100), /claimed/],
  ['another magic', () => overwritten(0, 0x68), /magic/],
  ['a format version to come', () => overwritten(4, 2), /version 2/],
  ['an unknown suite', () => overwritten(5, 9), /suite 9/],
  ['segments too large', () => overwritten(6, 31), /segment size 31/],
  ['a flag', () => overwritten(7, 1), /flags/],
  ['no recipient', () => overwritten(40, 0, 0), /recipient count 0/],
  ['255 recipients', () => overwritten(41, 255), /recipient count 255/],
  ['a context of 64 KiB', () => overwritten(42, 0xff, 0xff), /context size 65535/],
  ['recipients of 4 GiB', () => overwritten(44, 0xff, 0xff, 0xff, 0xff), /recipients size 4294967295/],
  ['another salt', () => overwritten(8, 1, 2, 3), /header MAC/],
  ['a wrapped key that was changed', wrappedKeysChanged, /no recipient opened the message: a:.*b:/],
  ['a byte too few', () => sealed.subarray(0, -1), /not authentic/],
  [
    'a length that no message has',
    () => sealed.subarray(0, sealed.length - 200_000 + 65_536 * 3 - 5),
    /length|authentic/,
  ],
  ['a byte behind the end', () => Buffer.concat([sealed, Buffer.of(0)]), /not authentic/],
  ['a bit of the payload', () => overwritten(sealed.length - 70_000, (sealed.at(-70_000) ?? 0) ^ 1), /not authentic/],
]

describe.each(damages)('%s', (name, damage, reason) => {
  it('is the one error outside, and told in the log', async () => {
    const bytes = await damage()
    const error = await hufu.decrypt(bytes, { context }).catch((error) => error)
    expect(error).toBeInstanceOf(DecryptionError)
    expect(error.message).toBe(new DecryptionError().message)
    expect(JSON.stringify(Object.getOwnPropertyNames(error).sort())).toBe('["message","name","stack"]')
    expect(refused).toEqual([expect.stringMatching(reason)])
  })

  it('is the same error as a stream and as a file', async () => {
    const bytes = Buffer.from(await damage())
    const streamed = hufu.decrypt(Readable.from([bytes]), { context }).then(buffer)
    await expect(streamed).rejects.toThrow(DecryptionError)
    const [from, to] = [join(work, 'damaged'), join(work, 'opened')]
    writeFileSync(from, bytes)
    await expect(hufu.decryptFile(from, to, { context })).rejects.toThrow(DecryptionError)
    expect(readdirSync(work), name).toEqual(['damaged'])
    expect(refused).toHaveLength(2)
  })
})

it('another context, to bytes, streams, files and rewrap', async () => {
  const file = join(work, 'damaged')
  writeFileSync(file, sealed)
  for (const other of [{}, { film: 'Ran' }, { ...context, more: '' }]) {
    await expect(hufu.decrypt(sealed, { context: other })).rejects.toThrow(DecryptionError)
    const stream = Readable.from([Buffer.from(sealed)])
    await expect(hufu.decrypt(stream, { context: other })).rejects.toThrow(DecryptionError)
    await expect(hufu.decryptFile(file, join(work, 'no'), { context: other })).rejects.toThrow(DecryptionError)
    await expect(hufu.rewrap(sealed, { context: other, keys })).rejects.toThrow(DecryptionError)
    await expect(hufu.reader(file, { context: other })).rejects.toThrow(DecryptionError)
  }
  expect(refused).toEqual(Array(15).fill('another context than the one expected'))
})

describe('claims cost no memory', () => {
  /** An endless source that counts what is taken from it. */
  function endless(start: Uint8Array): { readonly stream: Readable; taken(): number } {
    let chunks = 0
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from(start)
      for (;;) {
        chunks++
        yield Buffer.alloc(65_536, 0x0a)
      }
    }
    return { stream: Readable.from(source(), { objectMode: false }), taken: () => chunks * 65_536 }
  }

  it('a header of 4 GiB is refused at its head, however much comes', async () => {
    const { stream, taken } = endless(overwritten(44, 0xff, 0xff, 0xff, 0xff).subarray(0, 48))
    await expect(hufu.decrypt(stream, { context })).rejects.toThrow(DecryptionError)
    expect(taken()).toBeLessThan(2 ** 20)
  })

  it('the largest header there can be is read to its end and no further', async () => {
    const head = overwritten(40, 1, 128, 0x20, 0x00, 0x00, 0x0d, 0x33, 0x00).subarray(0, 48)
    const { stream, taken } = endless(head)
    await expect(hufu.decrypt(stream, { context })).rejects.toThrow(DecryptionError)
    expect(taken()).toBeLessThan(2 ** 21)
    const file = join(work, 'damaged')
    writeFileSync(file, head)
    await expect(inspectFile(file)).rejects.toThrow(DecryptionError)
    await expect(hufu.decryptFile(file, join(work, 'no'), { context })).rejects.toThrow(DecryptionError)
  })

  it('10,000 recipients are asked of nobody', async () => {
    const calls = regions.map((region) => region.calls)
    const many = Array.from({ length: 10_000 }, (_, i) => `a:key-${i}`)
    await expect(hufu.encrypt('x', { keys: many, context })).rejects.toThrow(TypeError)
    await expect(
      hufu.decrypt(overwritten(40, 1, 255, 0x00, 0x02, 0x04, 0x06, 0xda, 0x60), { context }),
    ).rejects.toThrow(DecryptionError)
    expect(regions.map((region) => region.calls)).toEqual(calls)
  })
})

it('mixed failures tell each recipient’s reason', async () => {
  regions[0].fault = down
  await regions[1].operations.disableKey(regions[1].keyId)
  const error = await hufu.decrypt(sealed, { context }).catch((error) => error)
  await regions[1].operations.enableKey(regions[1].keyId)
  expect(error).toMatchObject({ code: 'Unavailable' })
  expect(error.message).toMatch(/a:\S+ connection refused; b:\S+ .*disabled/i)
  const stranger = new Hufu({ regions: [{ ...regions[0], name: 'c', provider: 'aws' }] })
  const unknown = await stranger.decrypt(sealed, { context }).catch((error) => error)
  stranger[Symbol.dispose]()
  expect(unknown.message).toMatch(/a:\S+ no key service of the kind hufu.*; b:/)
})
