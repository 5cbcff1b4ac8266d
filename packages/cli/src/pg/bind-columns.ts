import { type ColumnKeys, columnKeys, type MigrationDatabase } from '@hufu/postgres'
import { bindKeys, type KeyUser } from '../system/bind-keys.ts'
import type { SystemOptions } from '../system/connect.ts'

/** Binds the keys that the encrypted columns use. */
export async function bindColumns(options: SystemOptions, database: MigrationDatabase): Promise<void> {
  const users = (await columnKeys(database)).map((column) => keyUser(column, []))
  if (users.length > 0) await bindKeys(options, users)
}

/**
 * Does the work, then unbinds the keys that a column needed before and needs no more: of the columns of these paths,
 * and of those that are not encrypted any more. Work that fails unbinds nothing.
 */
export async function rebindColumns<T extends { readonly path: string }>(
  options: SystemOptions,
  database: MigrationDatabase,
  work: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const before = await columnKeys(database)
  const done = await work()
  const paths = new Set(done.map(({ path }) => path))
  const after = new Map((await columnKeys(database)).map((column) => [column.resource, column]))
  const users = before.flatMap((column) => {
    const now = after.get(column.resource)
    if (now === undefined) return [keyUser({ ...column, used: [] }, column.known)]
    return paths.has(now.path) ? [keyUser(now, column.known)] : []
  })
  if (users.length > 0) await bindKeys(options, users)
  return done
}

const keyUser = ({ resource, used }: ColumnKeys, known: readonly string[]): KeyUser => ({
  product: 'postgres',
  resource,
  used,
  gone: known.filter((key) => !used.includes(key)),
})
