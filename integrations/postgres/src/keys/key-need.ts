import type { EncryptedColumn } from '../catalogue/catalogue.ts'

/** A column as far as its keys are concerned. */
export type KeyedColumn = Pick<EncryptedColumn, 'id' | 'table' | 'column' | 'key' | 'group'>

/** A data key that a statement needs: to seal new cells, to make indexes, or to open the cells that name it. */
export type KeyNeed =
  | { readonly use: 'seal' | 'index'; readonly column: KeyedColumn; readonly tenant: string }
  | { readonly use: 'open'; readonly column: KeyedColumn; readonly number: number }
