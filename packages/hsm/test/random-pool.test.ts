import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { RandomPool } from '../src/thread/random-pool.ts'

function drawing() {
  const drawn: Buffer[] = []
  const pool = new RandomPool(async (size) => {
    const bytes = randomBytes(size)
    drawn.push(Buffer.from(bytes))
    return bytes
  })
  return { pool, drawn }
}

it('gives every byte of a block once, to whoever asks at the same time too', async () => {
  const { pool, drawn } = drawing()
  const taken = await Promise.all(Array.from({ length: 128 }, () => pool.take(32)))
  expect(Buffer.concat(taken)).toEqual(drawn[0])
  expect(drawn).toHaveLength(1)
  await pool.take(1)
  expect(drawn).toHaveLength(2)
})

it('never gives bytes across the end of a block, nor the rest after it', async () => {
  const { pool, drawn } = drawing()
  await pool.take(4000)
  expect(Buffer.from(await pool.take(97))).toEqual(drawn[1]?.subarray(0, 97))
  expect(Buffer.from(await pool.take(96))).toEqual(drawn[1]?.subarray(97, 193))
})

it('draws what is larger than a block by itself', async () => {
  const { pool, drawn } = drawing()
  expect(await pool.take(4096)).toHaveLength(4096)
  expect(await pool.take(4097)).toHaveLength(4097)
  expect(drawn.map(({ length }) => length)).toEqual([4096, 4097])
})

it('keeps what it has when drawing fails, and draws again', async () => {
  let broken = false
  const pool = new RandomPool(async (size) => {
    if (broken) throw new Error('the token does not answer')
    return randomBytes(size)
  })
  await pool.take(4000)
  broken = true
  await expect(Promise.all([pool.take(100), pool.take(200)])).rejects.toThrow('does not answer')
  expect(await pool.take(96)).toHaveLength(96)
  broken = false
  expect(await pool.take(100)).toHaveLength(100)
})
