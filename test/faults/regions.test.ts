import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Hufu, type OpenRegion } from '@hufu/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, FaultyRegion } from './support/faulty-region.ts'
import { type Loss, lost, newKey } from './support/lost-keys.ts'

const names = ['north', 'east', 'south'] as const
const faults: readonly Fault[] = ['killed', 'paused', 'partitioned', 'slow', 'refusing']
const context = { purpose: 'faults' }
const keys = names.map((name) => `${name}:alias/films`)
const regions = new Map<string, FaultyRegion>()

const regionOf = (name: string): FaultyRegion => {
  const region = regions.get(name)
  if (region === undefined) throw new Error(`expected a region ${name}`)
  return region
}

/** A client that knows nothing yet: no data key, no latency, no sick region. */
async function fresh<T>(work: (hufu: Hufu) => Promise<T>): Promise<T> {
  const open: OpenRegion[] = names.map((name) => regionOf(name).open())
  const hufu = new Hufu({ regions: open })
  try {
    return await work(hufu)
  } finally {
    hufu[Symbol.dispose]()
    await Promise.all(open.map((region) => region.close()))
  }
}

beforeAll(async () => {
  await Promise.all(
    names.map(async (name) => {
      const region = await new FaultyRegion(name).start()
      regions.set(name, region)
      await region.hufu('key', 'create', '--alias', 'films')
    }),
  )
}, 120_000)
afterAll(async () => {
  await Promise.all([...regions.values()].map((region) => region[Symbol.asyncDispose]()))
})

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

describe.each(faults)('two of three regions %s in the middle of streams', (fault) => {
  it.each(names)(
    '%s alone ends what was begun, and opens every message',
    async (survivor) => {
      const plaintext = randomBytes(3 * 2 ** 20)
      const [long, short] = await fresh((hufu) =>
        Promise.all([plaintext, plaintext.subarray(0, 100)].map((bytes) => hufu.encrypt(bytes, { keys, context }))),
      )
      const others = names.filter((name) => name !== survivor).map(regionOf)
      const failed = gate()
      const inHalves = async function* (bytes: Uint8Array = new Uint8Array()) {
        yield bytes.subarray(0, bytes.length / 2)
        await failed.opened
        yield bytes.subarray(bytes.length / 2)
      }
      await fresh(async (hufu) => {
        try {
          const opening = await hufu.decrypt(Readable.from(inHalves(long)), { context })
          const sealing = await hufu.encrypt(Readable.from(inHalves(plaintext)), { keys, context })
          const [opened, sealed] = [buffer(opening), buffer(sealing)]
          await Promise.all(others.map((region) => region.fail(fault)))
          failed.open()
          expect((await opened).equals(plaintext)).toBe(true)
          for (const message of [long, short, await sealed]) {
            const bytes = await fresh((other) => other.decrypt(message ?? new Uint8Array(), { context }))
            expect(plaintext.subarray(0, bytes.length).equals(bytes)).toBe(true)
          }
        } finally {
          await Promise.all(others.map((region) => region.heal()))
        }
      })
    },
    180_000,
  )
})

it.each(faults)('one region that is %s is missed, and two keys are enough where two are asked for', async (fault) => {
  const east = regionOf('east')
  await east.fail(fault)
  try {
    const missed: string[] = []
    const onMissed = (all: readonly { readonly name: string }[]) => missed.push(...all.map(({ name }) => name))
    const sealed = await fresh((hufu) => hufu.encrypt(Buffer.from('two'), { keys, context, minimum: 2, onMissed }))
    if (fault !== 'slow') expect(missed).toEqual(['east:alias/films'])
    expect(Buffer.from(await fresh((hufu) => hufu.decrypt(sealed, { context }))).toString()).toBe('two')
  } finally {
    await east.heal()
  }
})

it('what is disabled in two regions is opened in the third', async () => {
  const message = await fresh((hufu) => hufu.encrypt(Buffer.from('three'), { keys, context }))
  const opened = async () => Buffer.from(await fresh((hufu) => hufu.decrypt(message, { context }))).toString()
  for (const name of ['north', 'east']) await regionOf(name).change('DisableKey', 'alias/films')
  expect(await opened()).toBe('three')
  await regionOf('south').change('DisableKey', 'alias/films')
  await expect(opened()).rejects.toThrow(/disabled/)
  for (const name of names) await regionOf(name).change('EnableKey', 'alias/films')
  expect(await opened()).toBe('three')
})

describe('a key that is lost for ever', () => {
  const losses = Object.keys(lost) as Loss[]
  const cases = losses.flatMap((loss) => names.map((name) => ({ loss, name, alias: `alias/${loss}-in-${name}` })))
  const messages = new Map<string, Uint8Array>()

  /** The keys of all cases are lost in the same days, so that each region is stopped once. */
  beforeAll(async () => {
    await Promise.all(
      cases.map(async ({ loss, name, alias }) => {
        await newKey(regionOf(name), alias, loss)
        const keysOfCase = names.map((region) => `${region}:${region === name ? alias : 'alias/films'}`)
        const sealed = await fresh((hufu) => hufu.encrypt(Buffer.from(alias), { keys: keysOfCase, context }))
        messages.set(alias, sealed)
        await lost[loss].begin(regionOf(name), alias)
      }),
    )
    await Promise.all(names.map((name) => regionOf(name).afterDays(8)))
  }, 180_000)

  it.each(cases)('is $loss in $name: disabled in another, the third opens it, whichever that is', async (lostKey) => {
    const { loss, name, alias } = lostKey
    const opened = async () =>
      Buffer.from(await fresh((hufu) => hufu.decrypt(messages.get(alias) ?? new Uint8Array(), { context }))).toString()
    const [one, other] = names.filter((each) => each !== name).map(regionOf) as [FaultyRegion, FaultyRegion]
    for (const [disabled, third] of [
      [one, other],
      [other, one],
    ] as const) {
      await disabled.change('DisableKey', 'alias/films')
      expect(await opened()).toBe(alias)
      await third.change('DisableKey', 'alias/films')
      const refused = await opened().catch((error: unknown) => String(error))
      expect(refused).toMatch(new RegExp(`${name}[^;]*${lost[loss].reason}`))
      for (const { name: region } of [disabled, third]) expect(refused).toMatch(new RegExp(`${region}[^;]*disabled`))
      for (const region of [disabled, third]) await region.change('EnableKey', 'alias/films')
    }
  })
})
