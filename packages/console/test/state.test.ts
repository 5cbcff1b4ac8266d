import { expect, it } from 'vitest'
import { stateOf } from '../src/index.ts'

it('says whether the KMS is ready, is not, or is out of reach', async () => {
  expect(await stateOf(async () => ({ ok: true }))).toBe('ready')
  expect(await stateOf(async () => ({ ok: false }))).toContain('not ready')
  expect(await stateOf(() => Promise.reject(new TypeError('fetch failed')))).toBe('out of reach')
})
