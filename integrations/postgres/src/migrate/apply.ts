import { schemaSql } from '../catalogue/schema-sql.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import type { MigrationDatabase } from './session.ts'
import { emptyColumnSteps, type Step, shadowColumnSteps } from './steps.ts'
import { findColumn } from './table.ts'

export interface Applied {
  readonly path: string
  /** What was done: nothing, an empty column made encrypted, or a column made ready for backfill. */
  readonly state: 'already' | 'encrypted' | 'backfill'
}

/** Makes the catalogue, column types, constraints and indexes of every declared column. Idempotent. */
export async function apply(database: MigrationDatabase, encryption: Encryption): Promise<Applied[]> {
  for (const sql of schemaSql) await database.query(sql)
  const done: Applied[] = []
  for (const [path, declared] of Object.entries(encryption.columns)) {
    const found = await findColumn(database, path)
    if (found.id !== null || (await beingMoved(database, path))) {
      done.push({ path, state: found.id !== null ? 'already' : 'backfill' })
      continue
    }
    await run(database, found.empty ? emptyColumnSteps(found, declared) : shadowColumnSteps(found, declared))
    done.push({ path, state: found.empty ? 'encrypted' : 'backfill' })
  }
  return done
}

const beingMoved = async (database: MigrationDatabase, path: string): Promise<boolean> => {
  try {
    return (await findColumn(database, `${path}__hufu`)).id !== null
  } catch {
    return false
  }
}

/** Runs what can be in one transaction, then the rest. */
export async function run(database: MigrationDatabase, steps: readonly Step[]): Promise<void> {
  await database.query('BEGIN')
  try {
    for (const { sql, values, concurrent } of steps)
      if (!concurrent) await database.query(sql, values === undefined ? undefined : [...values])
    await database.query('COMMIT')
  } catch (error) {
    await database.query('ROLLBACK')
    throw error
  }
  for (const { sql, concurrent } of steps) if (concurrent) await database.query(sql)
}
