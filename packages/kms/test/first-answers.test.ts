import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FirstAnswers } from '../src/answer/first-answers.ts'
import { openStore } from '../src/store/open-store.ts'
import type { Store } from '../src/store/store.ts'
import { temporaryDirectory } from './open-test-kms.ts'

const MINUTE = 60_000
let dir: string
let store: Store
let now = 1_800_000_000_000

beforeAll(async () => {
  dir = await temporaryDirectory()
  store = await openStore({ client: 'sqlite', file: join(dir, 'kms.db') })
})
afterAll(async () => {
  await store?.close()
  await rm(dir, { recursive: true })
})

/** Bound to its purpose and not what it was, as the vault's is. */
const vault = {
  seal: async (purpose: string, bytes: Uint8Array) => Buffer.concat([Buffer.from(purpose), bytes.map((b) => b ^ 1)]),
  open: async (purpose: string, sealed: Uint8Array) => sealed.subarray(purpose.length).map((b) => b ^ 1),
}

const answers = (patience?: number) => new FirstAnswers(store, vault, () => now, patience)

it('refuses a repeat when nobody knows what became of the first', async () => {
  expect(await answers().claim('cut off', now)).toBeNull()
  await expect(answers(0).claim('cut off', now)).rejects.toMatchObject({ code: 'Replayed' })
})

it('keeps answers sealed, for as long as a repeat of them can come, and not longer', async () => {
  const kept = answers()
  const until = now + 5 * MINUTE
  expect(await kept.claim('a', until)).toBeNull()
  await kept.keep('a', Buffer.from('secret'))
  expect(Buffer.from((await store.answer('a')) ?? []).includes('secret')).toBe(false)
  now = until
  expect(Buffer.from((await kept.claim('a', until)) ?? []).toString()).toBe('secret')
  now += 2 * MINUTE
  expect(await kept.claim('b', now)).toBeNull()
  expect(await store.answer('a')).toBeNull()
  expect(await store.claimAnswer('a', now)).toBe(true)
})
