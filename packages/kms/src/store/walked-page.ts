import type { Page } from '@hufu/wire'
import type { Knex } from 'knex'
import type { ListWalks, RowPlace } from './list-walks.ts'
import type { Row } from './rows.ts'

interface PagedQuery extends Required<Page> {
  /** By the time of their making; oldest first when absent. */
  readonly newestFirst?: boolean
}

/**
 * A page by its offset, of the rows of a table that `filter` lets through, in the order of their making; and how many
 * there are in all. `select` begins the query: its rows have the table's `id` and `created_at`.
 */
export async function walkedPage<Query extends PagedQuery>(
  { db, table, walks }: { readonly db: Knex; readonly table: string; readonly walks: ListWalks },
  query: Query,
  select: Knex.QueryBuilder,
  filter: (rows: Knex.QueryBuilder) => void,
): Promise<{ readonly rows: readonly Row[]; readonly totalCount: number }> {
  const { generation } = walks
  const walked = walks.find(table, query)
  const rows: readonly Row[] = await select
    .modify(filter)
    .modify(inOrder, table, query.newestFirst === true ? 'desc' : 'asc', walked?.place)
    .offset(walked === undefined ? query.offset : 0)
    .limit(query.limit)
  const totalCount = walked?.totalCount ?? (await count(db, table, filter))
  const last = rows.at(-1)
  if (last !== undefined) {
    const place = { createdAt: Number(last.created_at), id: String(last.id) }
    walks.keep(table, { ...query, offset: query.offset + rows.length }, { place, totalCount }, generation)
  }
  return { rows, totalCount }
}

/** In the order of their making, from behind a place: both databases find it in the index of `created_at` and `id`. */
export function inOrder(
  rows: Knex.QueryBuilder,
  table: string,
  order: 'asc' | 'desc',
  after: RowPlace | undefined,
): void {
  const [createdAt, id] = [`${table}.created_at`, `${table}.id`]
  rows.orderBy([
    { column: createdAt, order },
    { column: id, order },
  ])
  if (after !== undefined)
    rows.whereRaw(`(??, ??) ${order === 'asc' ? '>' : '<'} (?, ?)`, [createdAt, id, after.createdAt, after.id])
}

async function count(db: Knex, table: string, filter: (rows: Knex.QueryBuilder) => void): Promise<number> {
  const total = await db(table).modify(filter).count({ count: '*' }).first()
  return Number(total?.count ?? 0)
}
