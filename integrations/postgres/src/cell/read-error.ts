import { HufuError } from '@hufu/wire'
import type { EncryptedColumn } from '../catalogue/catalogue.ts'

/** A cell that is not what its column says: never given to the application in any form. */
export class CellRefused extends HufuError {
  readonly table: string
  readonly column: string

  constructor(column: Pick<EncryptedColumn, 'table' | 'column'>, options?: { cause?: unknown }) {
    super(
      'DecryptionFailed',
      `a cell of ${column.table}.${column.column} is not authentic, or not of this column, tenant or row`,
      options,
    )
    this.name = 'CellRefused'
    this.table = column.table
    this.column = column.column
  }

  override get hint(): string {
    return 'find it with: hufu pg verify'
  }
}

/** The database is not what it was when the statement was planned. */
export class CatalogueChanged extends HufuError {
  constructor(what: string) {
    super('InvalidState', `the encrypted columns are not those that were known: ${what}`)
    this.name = 'CatalogueChanged'
  }

  override get hint(): string {
    return 'run the statement again: the columns are read anew'
  }
}
