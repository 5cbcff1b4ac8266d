import { createCipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import { bytes, hex, vectors } from './vectors.ts'

test('the SM4 of node:crypto, which the portable twin is made of, is that of GB/T 32907', () => {
  const vector = vectors<Record<'key' | 'plaintext' | 'once' | 'million', string>>('standards/gbt-32907.json')
  const cipher = createCipheriv('sm4-ecb', bytes(vector.key), null)
  let block = cipher.update(bytes(vector.plaintext))
  expect(hex(block)).toBe(vector.once)
  for (let i = 1; i < 1_000_000; i++) block = cipher.update(block)
  expect(hex(block)).toBe(vector.million)
})
