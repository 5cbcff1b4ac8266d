import { HufuError } from '@hufu/wire'
import type { ColumnDeclaration } from '../definition/column-declaration.ts'
import type { EncryptedColumn } from './catalogue.ts'
import { splitPath } from './column-path.ts'

/** What the application declares must be what the database has: a difference would make searches miss. */
export function checkDeclaration(column: EncryptedColumn, declared: ColumnDeclaration): void {
  const pairs: [string, unknown, unknown][] = [
    ['type', column.type.name, declared.type.name],
    ['search', [...column.search].sort().join(), [...declared.search].sort().join()],
    ['caseInsensitive', column.caseInsensitive, declared.caseInsensitive],
    ['tenant', column.tenant, columnOf(declared.tenant)],
    ['row', column.row, columnOf(declared.row)],
  ]
  if (declared.group !== undefined) pairs.push(['group', column.group, declared.group])
  for (const [name, is, wanted] of pairs)
    if (is !== wanted)
      throw new HufuError(
        'InvalidState',
        `${column.table}.${column.column} is declared with ${name} ${String(wanted)}, the database has ${String(is)}; run: hufu pg plan`,
      )
}

export const columnOf = (path: string | undefined): string | null =>
  path === undefined ? null : splitPath(path).column
