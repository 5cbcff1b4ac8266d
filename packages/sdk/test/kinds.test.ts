import { randomBytes } from 'node:crypto'
import type { KeyService } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type HttpKeyService,
  Hufu,
  httpKeyService,
  inspect,
  type RegionOptions,
  unsafeStaticRegion,
} from '../src/index.ts'
import { type Served, serve } from './support/server.ts'

const context = { film: 'Ran' }
const kinds = ['hufu', 'aws', 'tencent', 'in-process', 'static'] as const
type Kind = (typeof kinds)[number]
const nameOf = (kind: Kind): string => `${kind}:${kind === 'static' ? 'k' : 'alias/films'}`

describe('key services of several kinds', () => {
  let served: Served[]
  let regions: Record<Kind, RegionOptions>
  const open: HttpKeyService[] = []
  const over = ({ server, credentials }: Served, wire: 'aws' | 'tencent'): HttpKeyService => {
    const keys = httpKeyService({ endpoint: server.url, region: 'local-1', credentials, wire })
    open.push(keys)
    return keys
  }

  beforeAll(async () => {
    served = await Promise.all(['one', 'two', 'three', 'four'].map(serve))
    const [one, two, three, four] = served as [Served, Served, Served, Served]
    regions = {
      hufu: { name: 'hufu', provider: 'hufu', keys: over(one, 'aws') },
      aws: { name: 'aws', provider: 'aws', keys: over(two, 'aws') },
      tencent: { name: 'tencent', provider: 'tencent', keys: over(three, 'tencent') },
      'in-process': { name: 'in-process', provider: 'hufu', keys: four.region.operations },
      static: unsafeStaticRegion({ name: 'static', keys: { k: randomBytes(32) } }),
    }
  })
  afterAll(async () => {
    for (const one of [...open.map((keys) => keys.close()), ...served.map((one) => one[Symbol.asyncDispose]())])
      await one
  })

  it('seal one message, which each of them alone opens, and rewraps for another', async () => {
    using all = new Hufu({ regions: Object.values(regions) })
    const sealed = await all.encrypt('the order', { keys: kinds.map(nameOf), context })
    const { recipients } = await inspect(sealed)
    expect(recipients.map(({ provider }) => provider)).toEqual(['hufu', 'aws', 'tencent', 'hufu', 'unsafe-static'])
    for (const kind of kinds) {
      using alone = new Hufu({ regions: [regions[kind]] })
      expect(Buffer.from(await alone.decrypt(sealed, { context })).toString()).toBe('the order')
      const only = await alone.rewrap(sealed, { keys: [nameOf(kind)], context })
      expect((await inspect(only)).recipients).toHaveLength(1)
      expect(Buffer.from(await all.decrypt(only, { context })).toString()).toBe('the order')
    }
  })

  it('seal with SM4, SM3 and an SM4 key, end to end', async () => {
    const [{ region }] = served as [Served, ...Served[]]
    await region.operations.createKey({ alias: 'national', spec: 'SM4' })
    const plaintext = randomBytes(200_000)
    using hufu = new Hufu({ regions: [regions.hufu] })
    const sealed = await hufu.encrypt(plaintext, { keys: ['hufu:alias/national'], context, suite: 'gm' })
    expect(await inspect(sealed)).toMatchObject({ suite: 'SM4-GCM' })
    expect(Buffer.compare(await hufu.decrypt(sealed, { context }), plaintext)).toBe(0)
  })
})

describe('static keys', () => {
  const key = randomBytes(32)
  const keys: KeyService = unsafeStaticRegion({ name: 'r', keys: { k: key, other: randomBytes(32) } }).keys

  it('wrap for themselves and the context only', async () => {
    const { plaintext, ciphertext } = await keys.generateDataKey({ keyId: 'k', context })
    const opened = await keys.decrypt({ keyId: 'k', ciphertext, context })
    expect(Buffer.compare(opened.plaintext, plaintext)).toBe(0)
    const changed = Buffer.from(ciphertext)
    changed[20] = (changed[20] ?? 0) ^ 1
    for (const refused of [
      { keyId: 'k', ciphertext, context: {} },
      { keyId: 'other', ciphertext, context },
      { keyId: 'k', ciphertext: changed, context },
      { keyId: 'k', ciphertext: ciphertext.subarray(0, 20), context },
    ])
      await expect(keys.decrypt(refused)).rejects.toMatchObject({ code: 'DecryptionFailed' })
    await expect(keys.encrypt({ keyId: 'none', plaintext })).rejects.toMatchObject({ code: 'KeyNotFound' })
  })

  it('wrap for another', async () => {
    const { plaintext, ciphertext } = await keys.generateDataKey({ keyId: 'k', context })
    const moved = { ciphertext, sourceKeyId: 'k', sourceContext: context, destinationKeyId: 'other' }
    const { ciphertext: other } = await keys.reEncrypt({ ...moved, destinationContext: {} })
    const opened = await keys.decrypt({ keyId: 'other', ciphertext: other })
    expect(Buffer.compare(opened.plaintext, plaintext)).toBe(0)
  })

  it('have 32 bytes', () => {
    expect(() => unsafeStaticRegion({ name: 'r', keys: { k: randomBytes(16) } })).toThrow('expected 32 bytes')
  })
})
