import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { RandomPool } from '../src/pkcs11/random-pool.ts'

function drawing() {
  const drawn: Buffer[] = []
  const given: number[] = []
  const pool = new RandomPool((size) => {
    const bytes = randomBytes(size)
    drawn.push(Buffer.from(bytes))
    given.push(size)
    return bytes
  })
  return { pool, drawn, given }
}

it('gives every byte of a block once, in its order', () => {
  const { pool, drawn } = drawing()
  const taken = Array.from({ length: 128 }, () => Buffer.from(pool.take(32)))
  expect(Buffer.concat(taken)).toEqual(drawn[0])
  pool.take(1)
  expect(drawn).toHaveLength(2)
})

it('never gives bytes across the end of a block, nor the rest after it', () => {
  const { pool, drawn } = drawing()
  pool.take(4000)
  expect(Buffer.from(pool.take(97))).toEqual(drawn[1]?.subarray(0, 97))
  expect(Buffer.from(pool.take(96))).toEqual(drawn[1]?.subarray(97, 193))
})

it('draws what is larger than a block by itself', () => {
  const { pool, given } = drawing()
  expect(pool.take(4096)).toHaveLength(4096)
  expect(pool.take(4097)).toHaveLength(4097)
  expect(given).toEqual([4096, 4097])
})

it('forgets the rest of a block that is cleared', () => {
  const { pool, drawn } = drawing()
  pool.take(32)
  pool.clear()
  expect(Buffer.from(pool.take(32))).toEqual(drawn[1]?.subarray(0, 32))
})

it('keeps what it has when drawing fails', () => {
  let broken = false
  const pool = new RandomPool((size) => {
    if (broken) throw new Error('the token does not answer')
    return randomBytes(size)
  })
  pool.take(4000)
  broken = true
  expect(() => pool.take(100)).toThrow('does not answer')
  expect(pool.take(96)).toHaveLength(96)
})
