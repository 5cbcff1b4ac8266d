import { z } from 'zod'
import { quoteName } from '../plan/index-text.ts'
import type { Located, MigrationDatabase } from './session.ts'
import { generationStep, type Step } from './steps.ts'

export interface Exchange {
  readonly column: Located
  /** The column that the application knows, which goes. */
  readonly from: string
  /** The column that takes its name. */
  readonly to: string
  /** Does the rows that were written since the last look; the table is locked meanwhile. */
  readonly remaining: () => Promise<void>
  readonly record: Step
}

/** Milliseconds that others wait at most behind the request for the lock; it is asked for again. */
const LOCK_WAIT = 2000
const LOCK_TRIES = 30

/** In one transaction under an exclusive lock: the last rows, then one column takes the other's place. */
export async function exchange(database: MigrationDatabase, work: Exchange): Promise<void> {
  const { column, from, to } = work
  await locked(database, column.tableText, async () => {
    await work.remaining()
    const notNull = await isNotNull(database, column.tableText, from)
    const trigger = quoteName(`hufu_stale_${column.id}`)
    await database.query(`DROP TRIGGER IF EXISTS ${trigger} ON ${column.tableText}`)
    await database.query(`DROP FUNCTION IF EXISTS hufu.${trigger}()`)
    await database.query(`ALTER TABLE ${column.tableText} DROP COLUMN ${quoteName(from)}`)
    await database.query(`ALTER TABLE ${column.tableText} RENAME COLUMN ${quoteName(to)} TO ${quoteName(from)}`)
    await database.query(`COMMENT ON COLUMN ${column.tableText}.${quoteName(from)} IS NULL`)
    if (notNull) await database.query(`ALTER TABLE ${column.tableText} ALTER COLUMN ${quoteName(from)} SET NOT NULL`)
    await database.query(work.record.sql, [...(work.record.values ?? [])])
    await database.query(generationStep.sql)
  })
}

async function locked(database: MigrationDatabase, table: string, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    await database.query('BEGIN')
    try {
      await database.query(`SET LOCAL lock_timeout = ${LOCK_WAIT}`)
      await database.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
      await work()
      await database.query('COMMIT')
      return
    } catch (error) {
      await database.query('ROLLBACK')
      if (!isLockTimeout(error) || tries >= LOCK_TRIES) throw error
    }
  }
}

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03'

async function isNotNull(database: MigrationDatabase, table: string, column: string): Promise<boolean> {
  const { rows } = await database.query(
    'SELECT attnotnull AS yes FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2',
    [table, column],
  )
  return z.tuple([z.object({ yes: z.boolean() })]).parse(rows)[0].yes
}
