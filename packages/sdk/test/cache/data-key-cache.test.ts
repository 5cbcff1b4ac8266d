import { setImmediate } from 'node:timers/promises'
import { Secret } from '@hufu/crypto'
import type { KeyEvent, KeyEvents } from '@hufu/wire'
import { describe, expect, it, vi } from 'vitest'
import { DataKeyCache, type DataKeyCacheOptions } from '../../src/index.ts'

class Changes implements KeyEvents {
  connected = true
  readonly listeners = new Set<(event: KeyEvent) => void>()
  subscribe(listener: (event: KeyEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  tell(keyId: string): void {
    for (const listener of this.listeners) listener({ keyId, change: 'state' })
  }
}

/** A cache on a clock that stands still, and loads that can be counted and held up. */
function setUp(options: DataKeyCacheOptions = {}) {
  const events = new Changes()
  const time = { now: 0 }
  const made: Secret[] = []
  const cache = new DataKeyCache<number>({ events, clock: () => time.now, ...options })
  const load = vi.fn(async () => {
    await setImmediate()
    made.push(Secret.random(32))
    return { secret: made.at(-1) as Secret, keyIds: ['cmk'], details: made.length }
  })
  const lease = (name = 'a', bytes = 0, identity = 'me') => cache.lease({ identity, name, bytes, load })
  const use = async (name?: string, bytes?: number, identity?: string) => {
    using held = await lease(name, bytes, identity)
    return held.details
  }
  return { cache, events, time, made, load, lease, use }
}

const isWiped = (secret: Secret | undefined): boolean => {
  try {
    return secret?.bytes() === undefined
  } catch {
    return true
  }
}

describe('what is shared', () => {
  it('loads once for many who ask at the same time, and then not at all', async () => {
    const { use, load, cache } = setUp()
    expect(await Promise.all([use(), use(), use()])).toEqual([1, 1, 1])
    expect(await use()).toBe(1)
    expect(load).toHaveBeenCalledTimes(1)
    expect(cache.metrics).toEqual({ hits: 1, misses: 1, revoked: 0, entries: 1 })
  })

  it('gives without waiting what is held and fresh, and nothing else', async () => {
    const { cache, use, time, events, load } = setUp({ life: 100 })
    const held = (identity = 'me') => {
      using key = cache.held({ identity, name: 'a' })
      return key?.details ?? null
    }
    expect(held()).toBeNull()
    await use()
    expect(held()).toBe(1)
    expect(held('you')).toBeNull()
    time.now = 100
    expect(held()).toBeNull()
    await use()
    events.tell('cmk')
    expect(held()).toBeNull()
    expect(load).toHaveBeenCalledTimes(2)
    expect(cache.metrics).toMatchObject({ hits: 1, misses: 2 })
  })

  it('never gives one identity what another loaded, however they are spelled', async () => {
    const { use } = setUp()
    expect(await use('a', 0, 'me')).toBe(1)
    expect(await use('a', 0, 'you')).toBe(2)
    expect(await use('b","c', 0, 'a')).toBe(3)
    expect(await use('c', 0, 'a","b')).toBe(4)
  })

  it('tells a failed load to all who waited, and asks again the next time', async () => {
    const { load, use, lease } = setUp()
    load.mockRejectedValueOnce(new Error('down'))
    const both = await Promise.allSettled([lease(), lease()])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await use()).toBe(1)
  })
})

describe('calling off', () => {
  it('ends one caller’s waiting, not the load, and its key is given back', async () => {
    const { cache, load, made, use } = setUp()
    const end = new AbortController()
    const one = cache.lease({ identity: 'me', name: 'a', signal: end.signal, load })
    const other = use('a')
    end.abort(new Error('called off'))
    await expect(one).rejects.toThrow('called off')
    expect(await other).toBe(1)
    expect(load).toHaveBeenCalledTimes(1)
    cache[Symbol.dispose]()
    expect(made.map(isWiped)).toEqual([true])
    const late = cache.lease({ identity: 'me', name: 'b', signal: AbortSignal.abort(new Error('before')), load })
    await expect(late).rejects.toThrow('before')
  })
})

describe('what ends the use of a key', () => {
  it('its life, which shrinks while changes may be missed', async () => {
    const { use, time, events } = setUp({ life: 1000, lifeUnheard: 100 })
    expect(await use()).toBe(1)
    time.now = 999
    expect(await use()).toBe(1)
    events.connected = false
    expect(await use()).toBe(2)
    time.now += 99
    expect(await use()).toBe(2)
    time.now += 1
    expect(await use()).toBe(3)
  })

  it('its uses, to the very one', async () => {
    const { use } = setUp({ uses: 3 })
    const given = []
    for (let i = 0; i < 7; i++) given.push(await use())
    expect(given).toEqual([1, 1, 1, 2, 2, 2, 3])
    const together = setUp({ uses: 2 })
    expect((await Promise.all([1, 2, 3, 4, 5].map(() => together.use()))).sort()).toEqual([1, 1, 2, 2, 3])
  })

  it('its bytes, but a message larger than all of them still gets one', async () => {
    const { use } = setUp({ bytes: 100 })
    expect(await use('a', 60)).toBe(1)
    expect(await use('a', 40)).toBe(1)
    expect(await use('a', 1)).toBe(2)
    expect(await use('b', 1000)).toBe(3)
    expect(await use('b', 0)).toBe(4)
  })

  it('a change of its CMK, or of any, at once', async () => {
    const { use, events, cache } = setUp()
    await use('a')
    events.tell('another')
    expect(await use('a')).toBe(1)
    events.tell('cmk')
    expect(await use('a')).toBe(2)
    events.tell('*')
    expect(await use('a')).toBe(3)
    expect(cache.metrics.revoked).toBe(2)
  })

  it('a change while it was being loaded: used for what was asked, not kept', async () => {
    const { lease, use, events, made } = setUp()
    const asked = lease()
    events.tell('cmk')
    const held = await asked
    expect(isWiped(held.secret)).toBe(false)
    held[Symbol.dispose]()
    expect(isWiped(made[0])).toBe(true)
    expect(await use()).toBe(2)
  })
})

describe('zeroising', () => {
  it('waits for those who use the key, and for nothing else', async () => {
    const { lease, events, made } = setUp()
    const [one, two] = [await lease(), await lease()]
    events.tell('cmk')
    one[Symbol.dispose]()
    one[Symbol.dispose]()
    expect(isWiped(made[0])).toBe(false)
    two[Symbol.dispose]()
    expect(isWiped(made[0])).toBe(true)
  })

  it('happens when the cache is full, replaced or disposed of', async () => {
    const { use, made, cache, time } = setUp({ capacity: 1, life: 10 })
    await use('a')
    await use('b')
    expect(made.map(isWiped)).toEqual([true, false])
    time.now = 10
    await use('b')
    expect(made.map(isWiped)).toEqual([true, true, false])
    cache[Symbol.dispose]()
    expect(made.map(isWiped)).toEqual([true, true, true])
  })
})
