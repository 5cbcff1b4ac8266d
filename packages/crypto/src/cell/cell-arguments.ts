import type { Secret } from '../secret.ts'
import { DATA_KEY_SIZE, type Suite } from '../suite.ts'
import {
  BLIND_INDEX_SIZE,
  CELL_PLAINTEXT_MAX,
  CELL_TOKEN_SIZE,
  CELL_TOKENS_MAX,
  COLUMN_ID_SIZE,
} from './cell-layout.ts'
import { cellPlace } from './cell-place.ts'

export interface CellKeyOptions {
  readonly suite: Suite
  /** 16 bytes. */
  readonly columnId: Uint8Array
  /** Which of the column's data keys this is: 0 to 2^32 - 1. */
  readonly dataKeyNumber: number
  /** 32 bytes, of this column and tenant only. The caller disposes it, after this. */
  readonly dataKey: Secret
  /** Empty for a column without tenants. */
  readonly tenant?: string
  /** The sessions of a fixed example; random ones otherwise. */
  readonly unsafeDrawSession?: () => Uint8Array
}

export interface CellValue {
  readonly plaintext: Uint8Array
  /** 16 bytes. */
  readonly blindIndex?: Uint8Array | null
  /** In place of `blindIndex`: the cell gets the blind index of the plaintext under this key. */
  readonly indexKey?: Secret | null
  /** Search tokens, sorted, each once: `cellTokens`. Absent for a column without. */
  readonly tokens?: Uint8Array | null
  /** Bound to the cell; absent for a column that does not bind rows. */
  readonly rowId?: string | null
}

export interface SealedCell {
  readonly cell: Uint8Array
  readonly rowId?: string | null
}

export function checkOptions({ columnId, dataKey, dataKeyNumber, tenant }: CellKeyOptions): void {
  if (columnId.length !== COLUMN_ID_SIZE)
    throw new TypeError(`expected a column id of ${COLUMN_ID_SIZE} bytes, received ${columnId.length}`)
  if (dataKey.size !== DATA_KEY_SIZE)
    throw new TypeError(`expected a data key of ${DATA_KEY_SIZE} bytes, received ${dataKey.size}`)
  if (!Number.isInteger(dataKeyNumber) || dataKeyNumber < 0 || dataKeyNumber >= 2 ** 32)
    throw new TypeError(`expected a data key number of 32 bits, received ${dataKeyNumber}`)
  cellPlace(tenant ?? '', null)
}

export function checkValue(plaintext: Uint8Array, blindIndex: Uint8Array | null): void {
  if (plaintext.length > CELL_PLAINTEXT_MAX)
    throw new TypeError(`expected at most ${CELL_PLAINTEXT_MAX} bytes, received ${plaintext.length}`)
  if (blindIndex !== null && blindIndex.length !== BLIND_INDEX_SIZE)
    throw new TypeError(`expected a blind index of ${BLIND_INDEX_SIZE} bytes, received ${blindIndex.length}`)
}

/** Throws for tokens that are too many, or with which the plaintext is too large. */
export function checkTokens(tokens: Uint8Array | null, plaintext: Uint8Array): void {
  if (tokens === null) return
  if (tokens.length % CELL_TOKEN_SIZE !== 0 || tokens.length > CELL_TOKENS_MAX * CELL_TOKEN_SIZE)
    throw new TypeError(
      `expected at most ${CELL_TOKENS_MAX} tokens of ${CELL_TOKEN_SIZE} bytes, received ${tokens.length} bytes`,
    )
  if (plaintext.length + tokens.length > CELL_PLAINTEXT_MAX)
    throw new TypeError(`expected at most ${CELL_PLAINTEXT_MAX} bytes with its tokens, received ${plaintext.length}`)
}
