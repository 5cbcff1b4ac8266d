import { type Aead, TAG_SIZE } from '../aead.ts'
import { openBatch, sealBatch } from '../batch.ts'
import { aead } from '../create-aead.ts'
import { DecryptionError } from '../decryption-error.ts'
import { hkdf } from '../hkdf.ts'
import { equalBytes } from '../hmac.ts'
import type { Secret } from '../secret.ts'
import { SessionCounter } from '../session-counter.ts'
import { SessionKeys } from '../session-keys.ts'
import { DATA_KEY_SIZE, type Suite } from '../suite.ts'
import { type CellWork, cipherBatch, sessionBatches } from './cell-batch.ts'
import {
  BLIND_INDEX_SIZE,
  CELL_PLAINTEXT_MAX,
  CELL_SESSION_SIZE,
  COLUMN_ID_SIZE,
  cellHeadSize,
  cellSize,
  parseCell,
  writeCellHead,
} from './cell-layout.ts'
import { cellPlace } from './cell-place.ts'

const LIMITS = { sessionSize: CELL_SESSION_SIZE, sealings: 2 ** 32, bytes: 2 ** 36 }
const LABEL = Buffer.from('hufu/cell/')

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
  /** Bound to the cell; absent for a column that does not bind rows. */
  readonly rowId?: string | null
}

export interface SealedCell {
  readonly cell: Uint8Array
  readonly rowId?: string | null
}

/** Seals and opens the cells of one column and tenant under one data key: docs/formats/column-cell.md. */
export class CellKey implements Disposable {
  readonly #options: CellKeyOptions
  readonly #keys: SessionKeys
  readonly #counter: SessionCounter

  constructor(options: CellKeyOptions) {
    checkOptions(options)
    this.#options = options
    this.#keys = new SessionKeys((session) => deriveCellKey(options, session))
    this.#counter = new SessionCounter(LIMITS, options.unsafeDrawSession)
  }

  /** The cells of the values, in order: views of one memory. */
  seal(values: readonly CellValue[]): Uint8Array[] {
    const sealings = this.#newCells(values)
    for (const batch of sessionBatches(sealings)) {
      const sealed = sealBatch(this.#keys.of(sessionOf(batch)), cipherBatch(batch))
      let at = 0
      for (const { cell, head } of batch) {
        const size = cell.length - head.length
        cell.set(sealed.subarray(at, at + size), head.length)
        at += size
      }
    }
    return sealings.map(({ cell }) => cell)
  }

  /**
   * The plaintexts of the cells, in order. Throws `DecryptionError` when any of them is not authentic, or is not of this
   * column, data key, tenant and row.
   */
  open(cells: readonly SealedCell[]): Uint8Array[] {
    const plaintexts: Uint8Array[] = new Array(cells.length)
    for (const batch of sessionBatches(cells.map((cell, i) => this.#opening(cell, i)))) {
      const opened = openBatch(this.#keys.of(sessionOf(batch)), cipherBatch(batch))
      let at = 0
      for (const { index, text } of batch) {
        const size = text.length - TAG_SIZE
        plaintexts[index] = opened.subarray(at, at + size)
        at += size
      }
    }
    return plaintexts
  }

  /** For a process whose memory was copied: to be called before it seals again. */
  renewSession(): void {
    this.#counter.renew()
  }

  [Symbol.dispose](): void {
    this.#keys[Symbol.dispose]()
  }

  /** The cells with their heads written, each a part of one memory. */
  #newCells(values: readonly CellValue[]): (CellWork & { readonly cell: Uint8Array })[] {
    const { suite, columnId, dataKeyNumber, tenant = '' } = this.#options
    for (const { plaintext, blindIndex = null } of values) checkValue(plaintext, blindIndex)
    const sizes = values.map(({ plaintext, blindIndex }) => cellSize(plaintext.length, isPresent(blindIndex)))
    const memory = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0))
    let at = 0
    return values.map(({ plaintext, blindIndex = null, rowId = null }, i) => {
      const place = cellPlace(tenant, rowId)
      const { session, counter } = this.#counter.next(plaintext.length)
      const cell = memory.subarray(at, at + (sizes[i] ?? 0))
      at += cell.length
      const headSize = writeCellHead({ suite, blindIndex, columnId, dataKeyNumber, session, counter }, cell)
      return { cell, head: cell.subarray(0, headSize), place, text: plaintext, session, counter }
    })
  }

  #opening({ cell, rowId = null }: SealedCell, index: number): CellWork & { readonly index: number } {
    const { suite, columnId, dataKeyNumber, tenant = '' } = this.#options
    const head = parseCell(cell)
    if (head.suite !== suite || head.dataKeyNumber !== dataKeyNumber || !equalBytes(head.columnId, columnId))
      throw new DecryptionError()
    const headSize = cellHeadSize(head.blindIndex !== null)
    return {
      index,
      session: head.session,
      counter: head.counter,
      head: cell.subarray(0, headSize),
      place: cellPlace(tenant, rowId),
      text: cell.subarray(headSize),
    }
  }
}

const isPresent = (blindIndex: Uint8Array | null | undefined): boolean =>
  blindIndex !== null && blindIndex !== undefined

const sessionOf = ([first]: readonly CellWork[]): Uint8Array => first?.session ?? new Uint8Array(0)

function deriveCellKey({ suite, dataKey }: CellKeyOptions, session: Uint8Array): Aead {
  const info = Buffer.concat([LABEL, Uint8Array.of(suite.number)])
  using key = hkdf(suite.hash, dataKey, session, info, suite.keySize)
  return aead(suite.aead, key)
}

function checkOptions({ columnId, dataKey, dataKeyNumber, tenant }: CellKeyOptions): void {
  if (columnId.length !== COLUMN_ID_SIZE)
    throw new TypeError(`expected a column id of ${COLUMN_ID_SIZE} bytes, received ${columnId.length}`)
  if (dataKey.size !== DATA_KEY_SIZE)
    throw new TypeError(`expected a data key of ${DATA_KEY_SIZE} bytes, received ${dataKey.size}`)
  if (!Number.isInteger(dataKeyNumber) || dataKeyNumber < 0 || dataKeyNumber >= 2 ** 32)
    throw new TypeError(`expected a data key number of 32 bits, received ${dataKeyNumber}`)
  cellPlace(tenant ?? '', null)
}

function checkValue(plaintext: Uint8Array, blindIndex: Uint8Array | null): void {
  if (plaintext.length > CELL_PLAINTEXT_MAX)
    throw new TypeError(`expected at most ${CELL_PLAINTEXT_MAX} bytes, received ${plaintext.length}`)
  if (blindIndex !== null && blindIndex.length !== BLIND_INDEX_SIZE)
    throw new TypeError(`expected a blind index of ${BLIND_INDEX_SIZE} bytes, received ${blindIndex.length}`)
}
