import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Check, type Primitive, primitives, type Vector } from './primitives.ts'

interface WycheproofFile {
  testGroups: (Vector & { tests: (Vector & { result: 'valid' | 'invalid' | 'acceptable' })[] })[]
}

const folder = process.env.WYCHEPROOF
if (folder === undefined)
  throw new Error('expected WYCHEPROOF to name the folder testvectors_v1 of a checkout of C2SP/wycheproof')

describe.each(primitives)('$file', ({ file, check, within = () => true }: Primitive) => {
  const { testGroups } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as WycheproofFile
  const cases = testGroups.filter(within).flatMap((group) => group.tests.map((each) => ({ ...group, ...each })))

  test('has cases within what is offered', () => {
    expect(cases.length).toBeGreaterThan(0)
  })

  test.each(cases)('$tcId is $result: $comment', (vector) => {
    const accepted = holds(check, vector as unknown as Vector)
    if (vector.result !== 'acceptable') expect(accepted).toBe(vector.result === 'valid')
  })
})

function holds(check: Check, vector: Vector): boolean {
  try {
    return check(vector)
  } catch {
    return false
  }
}
