import { type BatchQuery, type BatchRow, countRows, rowBatches, type Until } from './row-batches.ts'
import type { MigrationDatabase, MigrationOptions, Progress } from './session.ts'

/** What is done with the rows of a query. */
export interface Work {
  readonly step: Progress['step']
  readonly until: Until
  /** Does the rows; resolves to how many it did, less than all where others wrote meanwhile. */
  readonly rows: (rows: readonly BatchRow[]) => Promise<number>
}

/** Does the query's rows, batch after batch, telling how far it is. Resolves to how many were done. */
export async function workThrough(
  database: MigrationDatabase,
  query: BatchQuery,
  options: MigrationOptions,
  { step, until, rows }: Work,
): Promise<number> {
  const total = await countRows(database, query)
  let done = 0
  for await (const batch of rowBatches(database, query, options, until)) {
    done += await rows(batch)
    options.onProgress?.({ path: query.column.path, step, done, total })
  }
  return done
}
