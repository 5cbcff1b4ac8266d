import { PrismaPg } from '@prisma/adapter-pg'
import { and, eq, inArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, jsonb, pgTable, serial, text } from 'drizzle-orm/pg-core'
import knex from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineEncryption, encryptedKnex, encryptedPool } from '../src/index.ts'
import { applyTo } from './support/apply-to.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { versions } from './support/programs.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

describe.each(versions)('PostgreSQL %i', (version) => {
  const encryption = defineEncryption({
    kms: unsafeKeys(),
    columns: {
      'users.email': { key: 'alias/app', type: 'text', search: ['equality'], unique: true },
      'users.profile': { key: 'alias/app', type: 'jsonb' },
      'users.tags': { key: 'alias/app', type: 'text[]' },
      'users.age': { key: 'alias/app', type: 'integer', search: ['equality'] },
    },
  })
  let database: TestDatabase
  let pool: pg.Pool
  let db: knex.Knex

  beforeAll(async () => {
    database = await testDatabase({ version })
    await database.plain.query(
      'CREATE TABLE users (id serial PRIMARY KEY, email text, profile jsonb, tags text[], age integer)',
    )
    await applyTo(database.plain, encryption)
    pool = encryptedPool(encryption, database.config)
    db = knex({ client: encryptedKnex(encryption), connection: database.config, pool: { min: 0, max: 3 } })
  })
  afterAll(async () => {
    await pool?.end()
    await db?.destroy()
  })

  describe('knex', () => {
    it('inserts in batches, merges, updates and returns', async () => {
      const rows = Array.from({ length: 50 }, (_, i) => ({
        email: `k${i}@x.org`,
        age: i,
        profile: JSON.stringify({ i }),
        tags: [`t${i}`, 'a b'],
      }))
      await db.batchInsert('users', rows, 20)
      const merged = await db('users')
        .insert({ email: 'k1@x.org', age: 99 })
        .onConflict('email')
        .merge()
        .returning(['email', 'age'])
      expect(merged).toEqual([{ email: 'k1@x.org', age: 99 }])
      expect(await db('users').whereIn('email', ['k2@x.org', 'k3@x.org']).orderBy('id')).toMatchObject([
        { email: 'k2@x.org', age: 2, profile: { i: 2 }, tags: ['t2', 'a b'] },
        { email: 'k3@x.org', age: 3 },
      ])
      expect(await db('users').where({ age: 99 }).update({ age: 1 }).returning('email')).toEqual([
        { email: 'k1@x.org' },
      ])
      expect(await db('users').countDistinct('email as n').first()).toEqual({ n: '50' })
    })

    it('rolls back, streams and runs raw SQL', async () => {
      const attempt = db.transaction(async (transaction) => {
        await transaction('users').insert({ email: 'gone@x.org' })
        throw new Error('no')
      })
      await expect(attempt).rejects.toThrow('no')
      expect(await db('users').where({ email: 'gone@x.org' })).toEqual([])
      const seen: string[] = []
      for await (const row of db('users').select('email').where('age', '<>', 5).stream()) seen.push(row.email)
      expect(seen.length).toBe(49)
      const { rows } = await db.raw('SELECT email FROM users WHERE email = ?', ['k7@x.org'])
      expect(rows).toEqual([{ email: 'k7@x.org' }])
    })
  })

  describe('pg', () => {
    it('takes callbacks, names, arrays of rows, several statements', async () => {
      const client = await pool.connect()
      const answer = await new Promise((resolve, reject) =>
        client.query('SELECT email FROM users WHERE email = $1', ['k4@x.org'], (error, result) =>
          error ? reject(error) : resolve(result.rows),
        ),
      )
      expect(answer).toEqual([{ email: 'k4@x.org' }])
      for (const email of ['k5@x.org', 'k6@x.org']) {
        const named = await client.query({
          name: 'by-email',
          text: 'SELECT age, email FROM users WHERE email = $1',
          values: [email],
          rowMode: 'array',
        })
        expect(named.rows).toEqual([[Number(email[1]), email]])
      }
      const several = await client.query("SELECT 1 AS one; SELECT email FROM users WHERE id = 1; SELECT 'x' AS x")
      expect((several as unknown as pg.QueryResult[]).map(({ rows }) => rows)).toEqual([
        [{ one: 1 }],
        [{ email: 'k0@x.org' }],
        [{ x: 'x' }],
      ])
      client.release()
    })

    it('reads by cursors and query streams', async () => {
      const client = await pool.connect()
      const cursor = client.query(
        new Cursor('SELECT email FROM users WHERE email = ANY($1)', [['k8@x.org', 'k9@x.org']]),
      )
      expect(await cursor.read(1)).toHaveLength(1)
      expect(await cursor.read(10)).toHaveLength(1)
      await cursor.close()
      const emails: string[] = []
      for await (const row of client.query(new QueryStream('SELECT email FROM users WHERE age IS NOT NULL')))
        emails.push(row.email)
      expect(emails.length).toBe(50)
      expect(emails.every((email) => /^k\d+@x\.org$/.test(email))).toBe(true)
      client.release()
    })

    it('leaves LISTEN alone and refuses COPY', async () => {
      const client = await pool.connect()
      const heard = new Promise((resolve) => client.once('notification', ({ payload }) => resolve(payload)))
      await client.query('LISTEN news')
      await client.query("NOTIFY news, 'hello'")
      expect(await heard).toBe('hello')
      await expect(client.query('COPY users TO STDOUT')).rejects.toMatchObject({ refusal: 'Copy' })
      client.release()
    })

    it('uses the index for every equality', async () => {
      await database.plain.query('ANALYZE users')
      const client = await pool.connect()
      await client.query('SET enable_seqscan = off')
      for (const condition of [
        'email = $1',
        'email IN ($1)',
        'email = ANY(ARRAY[$1])'.replace('ARRAY[$1]', '$1'),
        'email IS NOT DISTINCT FROM $1',
      ]) {
        const value = condition.includes('ANY') ? ['k1@x.org'] : 'k1@x.org'
        const { rows } = await client.query(`EXPLAIN SELECT id FROM users WHERE ${condition}`, [value])
        const text = rows.map((row) => row['QUERY PLAN']).join('\n')
        if (!condition.includes('DISTINCT')) expect(text, condition).toContain('hufu_index_')
      }
      await client.query('RESET enable_seqscan')
      client.release()
    })
  })

  describe('on the same pool', () => {
    it('kysely', async () => {
      interface Tables {
        users: { id: number; email: string | null; age: number | null }
      }
      const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
      expect(
        await kysely.selectFrom('users as u').select(['u.email', 'u.age']).where('u.email', '=', 'k10@x.org').execute(),
      ).toEqual([{ email: 'k10@x.org', age: 10 }])
      expect(
        await kysely
          .updateTable('users')
          .set({ age: 11 })
          .where('email', 'in', ['k10@x.org'])
          .returningAll()
          .executeTakeFirst(),
      ).toMatchObject({ age: 11 })
      await expect(kysely.selectFrom('users').selectAll().where('email', 'like', 'k%').execute()).rejects.toMatchObject(
        {
          refusal: 'Like',
        },
      )
    })

    it('drizzle', async () => {
      const users = pgTable('users', {
        id: serial().primaryKey(),
        email: text(),
        profile: jsonb(),
        tags: text().array(),
        age: integer(),
      })
      const orm = drizzle(pool)
      const [row] = await orm
        .insert(users)
        .values({ email: 'd@x.org', profile: { deep: [1, { a: null }] }, tags: ['x', 'y'], age: 4 })
        .returning()
      expect(row).toMatchObject({ email: 'd@x.org', profile: { deep: [1, { a: null }] }, tags: ['x', 'y'], age: 4 })
      expect(
        await orm
          .select()
          .from(users)
          .where(and(eq(users.email, 'd@x.org'), inArray(users.age, [3, 4]))),
      ).toEqual([row])
      const upsert = orm
        .insert(users)
        .values({ email: 'd@x.org', age: 5 })
        .onConflictDoUpdate({ target: users.email, set: { age: 6 } })
      expect(await upsert.returning({ age: users.age })).toEqual([{ age: 6 }])
    })

    it("Prisma's pg driver adapter", async () => {
      const adapter = await new PrismaPg(pool).connect()
      const argTypes = [{ scalarType: 'string', arity: 'scalar' }]
      const query = {
        sql: 'SELECT "public"."users"."email", "public"."users"."age" FROM "public"."users" WHERE "public"."users"."email" = $1',
        args: ['k12@x.org'],
        argTypes,
      }
      const { rows } = await adapter.queryRaw(query as Parameters<typeof adapter.queryRaw>[0])
      expect(rows).toEqual([['k12@x.org', 12]])
      await adapter.dispose()
    })
  })
})
