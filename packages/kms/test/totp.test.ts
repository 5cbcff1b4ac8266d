import { expect, it } from 'vitest'
import { totpCode, totpStep } from '../src/identity/totp.ts'

const seed = Buffer.from('12345678901234567890')

// RFC 6238, appendix B: the last six of its eight digits.
it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %i s the code is %s', (at, code) => {
  expect(totpCode(seed, Math.floor(at / 30))).toBe(code)
  expect(totpStep(seed, code, at * 1000, 0)).toBe(Math.floor(at / 30))
})

it('takes a code of one step before and after, and none a second time', () => {
  const now = 1_234_567_890_000
  const step = Math.floor(now / 30_000)
  for (const off of [-1, 0, 1]) expect(totpStep(seed, totpCode(seed, step + off), now, 0)).toBe(step + off)
  for (const off of [-2, 2]) expect(totpStep(seed, totpCode(seed, step + off), now, 0)).toBeNull()
  expect(totpStep(seed, totpCode(seed, step), now, step)).toBeNull()
})
