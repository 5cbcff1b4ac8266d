import { test } from 'vitest'
import { corpus } from './corpus.ts'
import { mutated } from './header-mutations.ts'
import { type Outcome, tryHeader } from './header-target.ts'
import { Random } from './random.ts'

const seconds = Number(process.env.FUZZ_SECONDS ?? 60)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 32)

test(`fuzz the header parser for ${seconds} s from seed ${seed}`, { timeout: (seconds + 60) * 1000 }, () => {
  const random = new Random(seed)
  const until = performance.now() + seconds * 1000
  const outcomes: Record<Outcome, number> = { refused: 0, parsed: 0, authentic: 0 }
  while (performance.now() < until) outcomes[fuzzOne(mutated(random, corpus))]++
  console.log(`seed ${seed}: ${JSON.stringify(outcomes)}`)
})

/** An input that fails is printed, to be added to the corpus. */
function fuzzOne(input: Uint8Array): Outcome {
  try {
    return tryHeader(input)
  } catch (error) {
    console.error(`fails: ${Buffer.from(input).toString('hex')}`)
    throw error
  }
}
