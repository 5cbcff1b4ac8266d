import { HufuError } from '@hufu/wire'
import { prepareValue } from 'pg/lib/utils.js'
import type { Catalogue, EncryptedColumn } from '../catalogue/catalogue.ts'
import { KeyNeeds } from '../keys/key-needs.ts'
import type { KeyLease, Keyring } from '../keys/keyring.ts'
import { withKeys } from '../keys/with-keys.ts'
import type { BoundTo, ParameterUse, Plan } from '../plan/plan.ts'
import { searchedTokens } from '../search/token-array.ts'
import { itemTexts, valueText } from '../value/value-text.ts'
import { placeText } from './place-text.ts'
import { cellOf, indexOf, isSearched } from './seal-cell.ts'

/** A value that becomes a cell or an index, and the places of its keys among the needed; -1 for one without. */
interface Writing {
  readonly use: ParameterUse
  readonly value: unknown
  readonly rowId: string | null
  readonly cellKey: number
  readonly indexKey: number
}

/**
 * What a statement's values become: cells and indexes in the places that the plan says; at once when the keys are
 * held. Throws before anything is sent.
 */
export function writeValues(
  plan: Plan,
  values: readonly unknown[],
  keyring: Keyring,
  catalogue: Catalogue,
): unknown[] | Promise<unknown[]> {
  const written = [...values]
  const needs = new KeyNeeds()
  const writings: Writing[] = []
  for (const use of plan.uses) {
    const writing = writingOf(use, values, catalogue, needs)
    if (writing === null) written[use.to - 1] = null
    else writings.push(writing)
  }
  return withKeys(keyring, needs.list, (keys) => {
    for (const writing of writings) written[writing.use.to - 1] = write(writing, keys)
    return written
  })
}

/** Null for a value that is null. */
function writingOf(
  use: ParameterUse,
  values: readonly unknown[],
  catalogue: Catalogue,
  needs: KeyNeeds,
): Writing | null {
  const { column, role } = use
  const value = values[use.from - 1]
  if (value === null || value === undefined) return null
  const tenant = boundText(column, column.tenant, use.tenant, values, catalogue) ?? ''
  const rowId = role === 'cell' ? boundText(column, column.row, use.row, values, catalogue) : null
  const cellKey = role === 'cell' ? needs.add('seal', column, tenant) : -1
  const indexKey = role !== 'cell' || isSearched(column) ? needs.add('index', column, tenant) : -1
  return { use, value, rowId, cellKey, indexKey }
}

function write({ use: { column, role }, value, rowId, cellKey, indexKey }: Writing, keys: readonly KeyLease[]) {
  const index = keys[indexKey]
  if (role === 'cell') {
    const cells = keys[cellKey]
    if (cells === undefined) throw new TypeError('expected a key for every cell')
    return cellOf(column, valueText(column.type, value) ?? '', rowId, cells, index ?? null)
  }
  if (index === undefined) throw new TypeError('expected a key for every index')
  if (role === 'indexes') return indexes(column, index, value)
  const text = valueText(column.type, value) ?? ''
  return role === 'index' ? indexOf(column, index, text) : searchedTokens(column, index, role, text)
}

/** The index of every item, as PostgreSQL writes an array. */
function indexes(column: EncryptedColumn, key: KeyLease, value: unknown): unknown {
  const texts = itemTexts(column.type, value)
  return prepareValue(texts?.map((text) => (text === null ? null : indexOf(column, key, text))) ?? null)
}

/** The text of the tenant or the row that a cell is bound to; null where the column has none. */
function boundText(
  column: EncryptedColumn,
  name: string | null,
  bound: BoundTo | null,
  values: readonly unknown[],
  catalogue: Catalogue,
): string | null {
  if (name === null || bound === null) return null
  const value = 'literal' in bound ? bound.literal : values[bound.parameter - 1]
  if (value === null || value === undefined)
    throw new HufuError(
      'InvalidParameter',
      `expected a value of ${name}, which ${column.table}.${column.column} is bound to; received null`,
    )
  return placeText(catalogue.typeOf(column, name), value)
}
