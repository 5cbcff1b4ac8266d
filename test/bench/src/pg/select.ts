import type { Pool } from 'pg'
import { median } from './median.ts'
import { ROWS, type Twins } from './twins.ts'

/** Milliseconds of one select of 10,000 rows with one encrypted column: the median. */
export async function select10k({ plain, encrypted }: Twins, quick: boolean) {
  const times = { plain: [] as number[], encrypted: [] as number[] }
  for (let round = 0; round < (quick ? 15 : 60); round++) {
    times.plain.push(await once(plain))
    times.encrypted.push(await once(encrypted))
  }
  return { plain: median(times.plain), encrypted: median(times.encrypted) }
}

async function once(pool: Pool): Promise<number> {
  const started = performance.now()
  const { rows } = await pool.query('SELECT id, email, name, age FROM people WHERE id <= $1', [ROWS])
  if (rows.length !== ROWS) throw new Error(`expected ${ROWS} rows, received ${rows.length}`)
  return performance.now() - started
}
