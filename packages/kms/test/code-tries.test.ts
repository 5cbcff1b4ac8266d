import { expect, it } from 'vitest'
import { CodeTries } from '../src/identity/code-tries.ts'

const MINUTE = 60_000

it('looks at five codes of one in a minute, and at those of others', () => {
  let now = 0
  const tries = new CodeTries(() => now)
  for (let i = 0; i < 5; i++) tries.take('a')
  expect(() => tries.take('a')).toThrow(expect.objectContaining({ code: 'MfaCodeInvalid' }))
  tries.take('b')
  now += MINUTE - 1
  expect(() => tries.take('a')).toThrow()
  now += 1
  for (let i = 0; i < 5; i++) tries.take('a')
  expect(() => tries.take('a')).toThrow()
})

it('begins anew with a good one', () => {
  const tries = new CodeTries(() => 0)
  for (let i = 0; i < 4; i++) tries.take('a')
  tries.clear('a')
  for (let i = 0; i < 5; i++) tries.take('a')
  expect(() => tries.take('a')).toThrow()
})
