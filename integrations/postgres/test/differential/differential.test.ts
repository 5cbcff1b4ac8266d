import { isHufuError } from '@hufu/wire'
import type { Pool, QueryArrayResult } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encryptedPool } from '../../src/index.ts'
import { applyTo } from '../support/apply-to.ts'
import { testDatabase } from '../support/database.ts'
import { Random } from './random.ts'
import { type Generated, StatementBuilder } from './statement.ts'
import { encryption, TABLES } from './tables.ts'

const STATEMENTS = Number(process.env.HUFU_DIFFERENTIAL ?? 2500)
const FIRST = Number(process.env.HUFU_SEED ?? 1)

let plain: Pool
let secret: Pool

beforeAll(async () => {
  const [twin, database] = [await testDatabase({ max: 1 }), await testDatabase()]
  await twin.plain.query(TABLES)
  await database.plain.query(TABLES)
  await applyTo(database.plain, encryption)
  plain = twin.plain
  secret = encryptedPool(encryption, { ...database.config, max: 1 })
  for (const seed of ['ann@x.org', 'bob@x.org', 'bob@x.org', null, 'eve@x.org']) {
    await onBoth({
      sql: 'INSERT INTO users (email, name, age, note) VALUES ($1, $2, $3, $4)',
      values: [seed, seed, seed?.length ?? null, seed],
    })
    await onBoth({ sql: 'INSERT INTO orders (user_id, email, total) VALUES ($1, $2, $3)', values: [2, seed, '1.5'] })
  }
})
afterAll(async () => {
  await secret?.end()
})

type Answer = { fields: unknown; rows: string[] } | { error: Error }

async function ask(pool: Pool, { sql, values }: Generated): Promise<Answer> {
  try {
    const result: QueryArrayResult = await pool.query({ text: sql, values, rowMode: 'array' })
    const fields = result.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }))
    return { fields, rows: result.rows.map((row) => JSON.stringify(row)).sort() }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

async function onBoth(statement: Generated): Promise<[Answer, Answer]> {
  return [await ask(plain, statement), await ask(secret, statement)]
}

it(
  `${STATEMENTS} generated statements: the plain twin's answer, or a typed error`,
  async () => {
    const counts = { same: 0, refused: 0, bothFailed: 0 }
    for (let seed = FIRST; seed < FIRST + STATEMENTS; seed++) {
      const statement = new StatementBuilder(new Random(seed)).build()
      await secret.query('BEGIN')
      const [expected, received] = [await inTransaction(statement), await ask(secret, statement)]
      const differs = () => `seed ${seed}: ${statement.sql} ${JSON.stringify(statement.values)}`
      if ('error' in received) {
        if (!('error' in expected))
          expect(isHufuError(received.error), `${differs()}: ${received.error.message}`).toBe(true)
        counts['error' in expected ? 'bothFailed' : 'refused']++
        await secret.query('ROLLBACK')
        await plain.query('ROLLBACK')
        continue
      }
      expect(received, differs()).toEqual(expected)
      counts.same++
      const end = seed % 10 === 0 ? 'COMMIT' : 'ROLLBACK'
      await secret.query(end)
      await plain.query(end)
    }
    expect(counts.same).toBeGreaterThan(STATEMENTS / 3)
    for (const table of ['users', 'orders']) {
      const [expected, received] = await onBoth({ sql: `SELECT * FROM ${table}`, values: [] })
      expect(received).toEqual(expected)
    }
  },
  STATEMENTS * 240,
)

async function inTransaction(statement: Generated): Promise<Answer> {
  await plain.query('BEGIN')
  return ask(plain, statement)
}
