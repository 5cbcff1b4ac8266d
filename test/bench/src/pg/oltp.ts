import type { Pool } from 'pg'
import { median } from './median.ts'
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

/** Transactions a second on both twins, and ours over theirs: medians of the rounds. */
interface Compared {
  readonly plain: number
  readonly encrypted: number
  readonly ratio: number
}

/** On a table with an encrypted column, and on one without. */
export async function oltp(twins: Twins, quick: boolean): Promise<{ people: Compared; notes: Compared }> {
  const rounds = quick ? 10 : 40
  return { people: await compared(twins, onPeople, rounds), notes: await compared(twins, onNotes, rounds) }
}

/** Transactions of one measurement: few, so that a slow moment of the machine meets both twins. */
const SIZE = 150
const WARM_UP = 1000

/** In every round plain, ours, ours, plain: what drifts in one direction meets both. */
async function compared({ plain, encrypted }: Twins, transaction: Transaction, rounds: number): Promise<Compared> {
  for (const pool of [plain, encrypted]) await perSecond(pool, transaction, WARM_UP)
  const all: Compared[] = []
  for (let round = 0; round < rounds; round++) {
    const rates: number[] = []
    for (const pool of [plain, encrypted, encrypted, plain]) rates.push(await perSecond(pool, transaction, SIZE))
    const [first = 0, second = 0, third = 0, fourth = 0] = rates
    const [theirs, ours] = [(first + fourth) / 2, (second + third) / 2]
    all.push({ plain: theirs, encrypted: ours, ratio: ours / theirs })
  }
  const middle = (name: keyof Compared) => median(all.map((one) => one[name]))
  return { plain: middle('plain'), encrypted: middle('encrypted'), ratio: middle('ratio') }
}

let next = 1_000_000

async function perSecond(pool: Pool, transaction: Transaction, count: number): Promise<number> {
  const end = next + count
  const started = performance.now()
  const worker = async () => {
    while (next < end) await transaction(pool, next++)
  }
  await Promise.all(Array.from({ length: CLIENTS }, worker))
  return (count * 1000) / (performance.now() - started)
}
