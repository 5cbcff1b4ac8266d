import { expect, test } from 'vitest'
import { corpus } from './corpus.ts'
import { mutated } from './header-mutations.ts'
import { type Outcome, tryHeader } from './header-target.ts'
import { Random } from './random.ts'

test('the corpus itself holds', () => {
  expect(corpus.length).toBeGreaterThan(10)
  for (const input of corpus) tryHeader(input)
})

test('20,000 mutated headers: each refused, or the one form of what it says', () => {
  const random = new Random(20_241_124)
  const outcomes: Record<Outcome, number> = { refused: 0, parsed: 0, authentic: 0 }
  for (let i = 0; i < 20_000; i++) outcomes[tryHeader(mutated(random, corpus))]++
  expect(outcomes.refused).toBeGreaterThan(1_000)
  expect(outcomes.parsed).toBeGreaterThan(1_000)
})
