import type { Pool } from 'pg'
import { emailOf, ROWS, type Twins } from './twins.ts'

const CLIENTS = 8

type Transaction = (pool: Pool, i: number) => Promise<unknown>

/** One insert, two selects by the encrypted key, one update. */
const onPeople: Transaction = async (pool, i) => {
  await pool.query('INSERT INTO people (email, name, age) VALUES ($1, $2, $3)', [`new-${i}@example.org`, 'new', i % 90])
  await pool.query('SELECT id, email, name FROM people WHERE email = $1', [emailOf((i * 7919) % ROWS)])
  await pool.query('SELECT id, email, name FROM people WHERE email = $1', [emailOf((i * 104_729) % ROWS)])
  await pool.query('UPDATE people SET email = $1 WHERE id = $2', [emailOf(i % ROWS), (i % ROWS) + 1])
}

/** The same on a table without encrypted columns. */
const onNotes: Transaction = async (pool, i) => {
  await pool.query('INSERT INTO notes (title, body) VALUES ($1, $2)', [`new ${i}`, 'new'])
  await pool.query('SELECT id, title, body FROM notes WHERE title = $1', [`note ${(i * 7919) % ROWS}`])
  await pool.query('SELECT id, title, body FROM notes WHERE title = $1', [`note ${(i * 104_729) % ROWS}`])
  await pool.query('UPDATE notes SET body = $1 WHERE id = $2', [`body ${i}`, (i % ROWS) + 1])
}

/** Transactions a second; the twins take turns, so that a slow moment of the machine meets both. */
export async function oltp({ plain, encrypted }: Twins, quick: boolean) {
  const rounds = quick ? 2 : 6
  const totals = { plain: 0, encrypted: 0, unencryptedPlain: 0, unencrypted: 0 }
  const size = quick ? 400 : 1500
  let at = 1_000_000
  const from = () => {
    at += size
    return at
  }
  for (const pool of [plain, encrypted]) await perSecond(pool, onPeople, from(), 200)
  for (let round = 0; round < rounds; round++) {
    totals.plain += await perSecond(plain, onPeople, from(), size)
    totals.encrypted += await perSecond(encrypted, onPeople, from(), size)
    totals.unencryptedPlain += await perSecond(plain, onNotes, from(), size)
    totals.unencrypted += await perSecond(encrypted, onNotes, from(), size)
  }
  return {
    plain: totals.plain / rounds,
    encrypted: totals.encrypted / rounds,
    unencryptedPlain: totals.unencryptedPlain / rounds,
    unencrypted: totals.unencrypted / rounds,
  }
}

async function perSecond(pool: Pool, transaction: Transaction, from: number, count: number): Promise<number> {
  let next = from
  const started = performance.now()
  const worker = async () => {
    while (next < from + count) await transaction(pool, next++)
  }
  await Promise.all(Array.from({ length: CLIENTS }, worker))
  return (count * 1000) / (performance.now() - started)
}
