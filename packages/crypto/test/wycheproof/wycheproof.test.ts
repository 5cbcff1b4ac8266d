import { describe, expect, test } from 'vitest'
import { vectors } from '../vectors.ts'
import { type Check, type Primitive, primitives, type Vector } from './primitives.ts'

interface WycheproofFile {
  testGroups: (Vector & { tests: (Vector & { result: 'valid' | 'invalid' | 'acceptable' })[] })[]
}

describe.each(primitives)('$file', ({ file, checks, within = () => true }: Primitive) => {
  const { testGroups } = vectors<WycheproofFile>(`wycheproof/${file}`)
  const cases = testGroups.filter(within).flatMap((group) => group.tests.map((each) => ({ ...group, ...each })))

  test('has cases within what is offered', () => {
    expect(cases.length).toBeGreaterThan(0)
  })

  describe.each(checks)('$name', ({ check }) => {
    test.each(cases)('$tcId is $result: $comment', (vector) => {
      const accepted = holds(check, vector as unknown as Vector)
      if (vector.result !== 'acceptable') expect(accepted).toBe(vector.result === 'valid')
    })
  })
})

function holds(check: Check, vector: Vector): boolean {
  try {
    return check(vector)
  } catch {
    return false
  }
}
