import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BrowserHufu, DecryptionError, inspect } from '../../src/browser/index.ts'
import { Hufu } from '../../src/index.ts'
import { type TestRegion, testRegion } from '../support/kms.ts'

const context = { film: '羅生門', '': 'empty name' }
let regions: [TestRegion, TestRegion]
let node: Hufu
let web: BrowserHufu

beforeAll(async () => {
  regions = [await testRegion('a'), await testRegion('b')]
  node = new Hufu({ regions })
  web = new BrowserHufu({ regions })
})
afterAll(async () => {
  node?.[Symbol.dispose]()
  for (const region of regions ?? []) await region[Symbol.asyncDispose]()
})

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
const keys = ['a:alias/films', 'b:alias/films']

describe.each([0, 1, 5_000, 65_535, 65_536, 65_537, 1_000_003])('%i bytes', (size) => {
  const plaintext = randomBytes(size)

  it('sealed by WebCrypto open in Node, and the other way round', async () => {
    expect(same(await node.decrypt(await web.encrypt(plaintext, { keys, context }), { context }), plaintext)).toBe(true)
    expect(same(await web.decrypt(await node.encrypt(plaintext, { keys, context }), { context }), plaintext)).toBe(true)
  })

  it('stream in chunks of any size', async () => {
    const sealed = await node.encrypt(plaintext, { keys: keys.slice(1), context, segmentSize: 4096 })
    const chunks = new Blob([sealed as Uint8Array<ArrayBuffer>]).stream()
    const opened = await new Response(await web.decryptStream(chunks, { context })).arrayBuffer()
    expect(same(new Uint8Array(opened), plaintext)).toBe(true)
  })
})

interface Vector {
  readonly name: string
  readonly suite?: string
  readonly threshold?: number
  readonly context: Record<string, string>
  readonly dataKey: string
  readonly message: string
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../test/golden/sealed-message-v1.json', import.meta.url), 'utf8'),
) as { readonly good: readonly Vector[] }
const vectors = golden.good.filter(({ suite, threshold }) => suite === 'aes' && (threshold ?? 1) === 1)

it.each(vectors.map((vector) => [vector.name, vector] as const))('opens the golden message %s', async (_, vector) => {
  const bytes = Buffer.from(vector.message, 'hex')
  const decrypt = async () => ({ plaintext: Uint8Array.from(Buffer.from(vector.dataKey, 'hex')), keyId: '' })
  const provider = inspect(bytes).recipients[0]?.provider ?? ''
  const own = new BrowserHufu({ regions: [{ name: 'x', provider, keys: { ...regions[0].keys, decrypt } }] })
  await own.decrypt(bytes, { context: vector.context })
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  await expect(own.decrypt(bytes, { context: vector.context })).rejects.toThrow(DecryptionError)
})

it('refuses with one error what is not authentic', async () => {
  const sealed = await web.encrypt(randomBytes(70_000), { keys, context })
  const { headerSize } = inspect(sealed)
  const damaged = [sealed.subarray(0, -1), sealed.subarray(0, 30), Buffer.concat([sealed, Buffer.of(0)])]
  damaged.push(sealed.subarray(0, headerSize + 65_552))
  for (let at = 0; at < headerSize; at += 13) {
    if (at >= 48 + 40 && at < headerSize - 32) continue
    const flipped = Uint8Array.from(sealed)
    flipped[at] = (flipped[at] ?? 0) ^ 0x80
    damaged.push(flipped)
  }
  for (const bytes of damaged) await expect(web.decrypt(bytes, { context })).rejects.toThrow(DecryptionError)
  await expect(web.decrypt(sealed, { context: {} })).rejects.toThrow(DecryptionError)
  const gm = await node.encrypt('x', { keys, context, suite: 'gm' })
  await expect(web.decrypt(gm, { context })).rejects.toThrow(DecryptionError)
})

it('opens with any one of the keys, and tells why none did', async () => {
  const sealed = await web.encrypt('the order', { keys, context })
  const [a, b] = regions
  a.fault = () => Promise.reject(new Error('a is down'))
  expect(new TextDecoder().decode(await web.decrypt(sealed, { context }))).toBe('the order')
  b.fault = () => Promise.reject(new Error('b is down'))
  await expect(web.decrypt(sealed, { context })).rejects.toThrow(/a is down.*b is down/)
})
