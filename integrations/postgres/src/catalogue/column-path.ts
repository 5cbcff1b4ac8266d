export interface ColumnPath {
  /** Null for whatever schema the search path finds. */
  readonly schema: string | null
  readonly table: string
  readonly column: string
}

/** `table.column` or `schema.table.column`. */
export function splitPath(path: string): ColumnPath {
  const [column = '', table = '', schema = null] = path.split('.').toReversed()
  return { schema, table, column }
}
