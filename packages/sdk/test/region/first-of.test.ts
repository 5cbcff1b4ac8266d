import { setTimeout as sleep } from 'node:timers/promises'
import { HufuError, type KeyService } from '@hufu/wire'
import { describe, expect, it, vi } from 'vitest'
import { CircuitBreaker } from '../../src/region/circuit-breaker.ts'
import { firstOf } from '../../src/region/first-of.ts'
import { Region } from '../../src/region/region.ts'

const none = {} as KeyService
type Answer = (signal: AbortSignal) => Promise<string>

/** Regions that answer as they are told, and what was asked of them. */
function setUp(...answers: Answer[]) {
  const asked: string[] = []
  const discarded: string[] = []
  const regions = answers.map((_, i) => new Region({ name: 'abc'.charAt(i), provider: 'hufu', keys: none }))
  const ask = (signal?: AbortSignal): Promise<string> =>
    firstOf(
      regions.map((region, i) => ({
        region,
        name: region.name,
        call: (signal) => {
          asked.push(region.name)
          return region.call(signal, () => (answers[i] as Answer)(signal))
        },
      })),
      (answer) => discarded.push(answer),
      signal,
    )
  return { ask, asked, discarded, regions, answers }
}

const answer = (text: string) => async (): Promise<string> => text
const fail = async (): Promise<string> => {
  throw new HufuError('Unavailable', 'down')
}
const hang: Answer = (signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('the first answer', () => {
  it('is the nearest one, and nobody else is asked', async () => {
    const { ask, asked } = setUp(answer('a'), answer('b'))
    expect(await ask()).toBe('a')
    expect(asked).toEqual(['a'])
  })

  it('is the next one’s when the nearest fails, at once', async () => {
    const { ask, asked } = setUp(fail, answer('b'))
    // No timer fires: a pause before the next region would never end.
    vi.useFakeTimers()
    try {
      expect(await ask()).toBe('b')
    } finally {
      vi.useRealTimers()
    }
    expect(asked).toEqual(['a', 'b'])
  })

  it('is the next one’s when the nearest is late, which is called off', async () => {
    let reason: unknown
    const late: Answer = (signal) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason
      })
      return hang(signal)
    }
    const { ask, asked } = setUp(late, answer('b'))
    expect(await ask()).toBe('b')
    expect(asked).toEqual(['a', 'b'])
    await sleep(0)
    expect(reason).toMatchObject({ name: 'AbortError' })
  })

  it('gives answers that nobody needs any more to be wiped', async () => {
    const deaf: Answer = () => sleep(260, 'a')
    const { ask, discarded } = setUp(deaf, answer('b'))
    expect(await ask()).toBe('b')
    await expect.poll(() => discarded).toEqual(['a'])
  })

  it('fails with every reason when all fail, and with the signal’s when that comes first', async () => {
    const { ask } = setUp(fail, async () => Promise.reject(new Error('no such key')))
    await expect(ask()).rejects.toThrow('a: down; b: no such key')
    await expect(setUp(hang, hang).ask(AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(setUp(hang).ask(AbortSignal.abort(new Error('off')))).rejects.toThrow('off')
    await expect(setUp().ask()).rejects.toThrow('nothing to try')
  })

  it('leaves a sick region alone, and asks it when nobody else is left', async () => {
    const { ask, asked, answers, regions } = setUp(fail, answer('b'))
    for (let i = 0; i < 3; i++) await ask()
    expect(regions[0]?.isSick).toBe(true)
    asked.length = 0
    expect(await ask()).toBe('b')
    expect(asked).toEqual(['b'])
    answers[1] = fail
    answers[0] = answer('a')
    expect(await ask()).toBe('a')
    expect(regions[0]?.isSick).toBe(false)
  })

  it('takes no longer while a region hangs than a few healthy answers', async () => {
    const quick: Answer = () => sleep(5, 'x')
    const { ask, answers } = setUp(quick, quick)
    const times = async (): Promise<number[]> => {
      const all: number[] = []
      for (let i = 0; i < 100; i++) {
        const started = performance.now()
        await ask()
        all.push(performance.now() - started)
      }
      return all.sort((a, b) => a - b)
    }
    const healthy = await times()
    answers[0] = hang
    const sick = await times()
    const p95 = (all: number[]): number => all[94] as number
    expect(p95(sick)).toBeLessThan(3 * p95(healthy) + 5_000)
  })
})

describe('the circuit breaker', () => {
  it('opens after failures in a row, lets one probe through, and doubles its pause when that fails', () => {
    const time = { now: 0 }
    const breaker = new CircuitBreaker({ failures: 2, pause: 100, clock: () => time.now })
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    expect(breaker.isOpen).toBe(false)
    breaker.failed()
    expect(breaker.isOpen).toBe(true)
    time.now = 99
    expect(breaker.enter()).toBe(false)
    time.now = 100
    expect([breaker.enter(), breaker.enter()]).toEqual([true, false])
    breaker.failed()
    time.now = 299
    expect(breaker.enter()).toBe(false)
    time.now = 300
    expect(breaker.enter()).toBe(true)
    breaker.calledOff()
    expect(breaker.enter()).toBe(true)
    breaker.succeeded()
    expect([breaker.isOpen, breaker.enter(), breaker.enter()]).toEqual([false, true, true])
  })
})
