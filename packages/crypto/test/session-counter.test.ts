import { expect, test } from 'vitest'
import { SessionCounter } from '../src/session-counter.ts'

const drawing = () => {
  let drawn = 0
  return () => Uint8Array.of(++drawn)
}
const numbers = (counter: SessionCounter, sizes: number[]) =>
  sizes.map((size) => {
    const { session, counter: count } = counter.next(size)
    return [session[0], count]
  })

test('a session ends after its last sealing', () => {
  const counter = new SessionCounter({ sessionSize: 1, sealings: 2, bytes: 100 }, drawing())
  expect(numbers(counter, [0, 0, 0, 0, 0])).toEqual([
    [1, 0],
    [1, 1],
    [2, 0],
    [2, 1],
    [3, 0],
  ])
})

test('a session ends before more bytes than it may have', () => {
  const counter = new SessionCounter({ sessionSize: 1, sealings: 10, bytes: 5 }, drawing())
  expect(numbers(counter, [4, 1, 1, 9, 1])).toEqual([
    [1, 0],
    [1, 1],
    [2, 0],
    [3, 0],
    [4, 0],
  ])
})

test('sessions are random', () => {
  const limits = { sessionSize: 16, sealings: 1, bytes: 1 }
  const drawn = new Set(
    Array.from({ length: 100 }, () => Buffer.from(new SessionCounter(limits).next(0).session).toString('hex')),
  )
  expect(drawn.size).toBe(100)
})
