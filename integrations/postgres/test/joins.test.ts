import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encryptedPool } from '../src/index.ts'
import { encryption, TABLES } from './differential/tables.ts'
import { applyTo } from './support/apply-to.ts'
import { testDatabase } from './support/database.ts'

let plain: Pool
let secret: Pool

beforeAll(async () => {
  const [twin, database] = [await testDatabase(), await testDatabase()]
  for (const each of [twin, database]) {
    await each.plain.query(TABLES)
    await each.plain.query('CREATE TABLE names (rank integer, name text, id integer)')
  }
  await applyTo(database.plain, encryption)
  plain = twin.plain
  secret = encryptedPool(encryption, database.config)
  for (const pool of [plain, secret]) {
    await pool.query('INSERT INTO users (email, name, age) VALUES ($1, $2, $3), ($4, $5, $6)', [
      'a',
      'n',
      1,
      'b',
      'm',
      2,
    ])
    await pool.query('INSERT INTO orders (user_id, email, total) VALUES ($1, $2, $3)', [2, 'b', '1.5'])
    await pool.query("INSERT INTO names VALUES (9, 'm', 2), (8, 'n', 1)")
  }
})
afterAll(async () => {
  await secret?.end()
})

it.each([
  'SELECT * FROM users u JOIN orders o USING (id)',
  'SELECT * FROM orders RIGHT JOIN users USING (id) ORDER BY id',
  'SELECT * FROM users NATURAL JOIN names ORDER BY id',
  'SELECT * FROM users u JOIN names n USING (name, id) ORDER BY id',
  'SELECT u.*, n.* FROM users u JOIN names n USING (id) ORDER BY u.id',
  'SELECT * FROM names n JOIN (users u JOIN orders o ON u.id = o.user_id) USING (name)',
  'UPDATE names t SET rank = 1 FROM users u JOIN names n USING (id) WHERE t.id = n.id AND n.id = 1 RETURNING *',
  'SELECT * FROM names a CROSS JOIN (users JOIN names b USING (id)) ORDER BY a.rank, b.rank',
])('%s has the columns of plain PostgreSQL, in their order', async (sql) => {
  const [expected, received] = [
    await plain.query({ text: sql, rowMode: 'array' }),
    await secret.query({ text: sql, rowMode: 'array' }),
  ]
  expect(received.fields.map(({ name }) => name)).toEqual(expected.fields.map(({ name }) => name))
  expect(received.rows).toEqual(expected.rows)
})

it.each([
  'SELECT j.email FROM (users u JOIN names n USING (id)) AS j WHERE j.email = $1',
  'SELECT 1 FROM (users JOIN names n USING (id)) j (a, b) WHERE b = $1',
])('a join under an alias is refused: %s', async (sql) => {
  await expect(secret.query(sql, ['a'])).rejects.toMatchObject({ refusal: 'Using' })
})
