import { type Aead, TAG_SIZE } from '../aead.ts'
import { openBatch, sealBatch } from '../batch.ts'
import { aead } from '../create-aead.ts'
import { DecryptionError } from '../decryption-error.ts'
import { hkdf } from '../hkdf.ts'
import { equalBytes } from '../hmac.ts'
import { NativeAead } from '../native-aead.ts'
import { SessionCounter } from '../session-counter.ts'
import { SessionKeys } from '../session-keys.ts'
import { blindIndex, checkIndexKey } from './blind-index.ts'
import {
  type CellKeyOptions,
  type CellValue,
  checkOptions,
  checkTokens,
  checkValue,
  type SealedCell,
} from './cell-arguments.ts'
import { type CellWork, cipherBatch, sessionBatches } from './cell-batch.ts'
import { CELL_SESSION_SIZE, cellHeadSize, cellKind, cellSize, parseCell, writeCellHead } from './cell-layout.ts'
import { CELL_PLACE_MAX, cellPlace } from './cell-place.ts'
import { areShort, cellBytes, fixedPart, isBare, utf8Of } from './cell-text.ts'
import { sealOneCell } from './one-cell.ts'
import { OwnHead } from './own-head.ts'

const LIMITS = { sessionSize: CELL_SESSION_SIZE, sealings: 2 ** 32, bytes: 2 ** 36 }
const LABEL = Buffer.from('hufu/cell/')

/** Seals and opens the cells of one column and tenant under one data key: docs/formats/column-cell.md. */
export class CellKey implements Disposable {
  readonly #options: CellKeyOptions
  readonly #keys: SessionKeys
  readonly #counter: SessionCounter
  readonly #head: OwnHead
  /** Where a cell without a row belongs. */
  readonly #place: Uint8Array

  constructor(options: CellKeyOptions) {
    checkOptions(options)
    this.#options = options
    this.#keys = new SessionKeys((session) => deriveCellKey(options, session))
    this.#counter = new SessionCounter(LIMITS, options.unsafeDrawSession)
    this.#head = new OwnHead(options)
    this.#place = cellPlace(options.tenant ?? '', null)
  }

  /** The cells of the values, in order: views of one memory. */
  seal(values: readonly CellValue[]): Uint8Array[] {
    const [only] = values
    if (values.length === 1 && only !== undefined && !hasTokens(only)) return [this.#sealOne(only)]
    return this.#sealAll(values)
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

  /**
   * What cells without a row hold, as UTF-8 text. A cell is given as PostgreSQL prints its bytes: `\\x` and two lower-case
   * digits each. One call for cells of one session, several times as fast as `open`. Throws as `open`.
   */
  openTexts(cells: readonly string[]): string[] {
    const [first] = cells
    if (first === undefined) return []
    const { head, session } = this.#opening({ cell: cellBytes(first) }, 0)
    const key = this.#keys.of(session)
    const quick =
      key instanceof NativeAead && cells.every(isBare) && this.#place.length <= CELL_PLACE_MAX && areShort(cells)
    const texts = quick
      ? key.openCellTexts(cellKind(this.#options.suite, false), fixedPart(head), this.#place, cells)
      : null
    return texts ?? this.open(cells.map((text) => ({ cell: cellBytes(text) }))).map(utf8Of)
  }

  /** For a process whose memory was copied: to be called before it seals again. */
  renewSession(): void {
    this.#counter.renew()
  }

  [Symbol.dispose](): void {
    this.#keys[Symbol.dispose]()
  }

  #sealOne({ plaintext, blindIndex = null, indexKey = null, rowId = null }: CellValue): Uint8Array {
    checkValue(plaintext, blindIndex)
    if (indexKey !== null) checkIndexKey(indexKey)
    const { session, counter } = this.#counter.next(plaintext.length)
    return sealOneCell(this.#keys.of(session), {
      head: this.#head.of(session, indexKey === null ? blindIndex : 'later'),
      counter,
      plaintext,
      place: this.#placeOf(rowId),
      index: indexKey === null ? null : { hash: this.#options.suite.hash, key: indexKey },
    })
  }

  #sealAll(values: readonly CellValue[]): Uint8Array[] {
    const sealings = this.#newCells(values.map((value) => this.#indexed(value)))
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

  #indexed(value: CellValue): CellValue {
    const { plaintext, indexKey = null } = value
    if (indexKey === null) return value
    return { ...value, blindIndex: blindIndex(this.#options.suite.hash, indexKey, plaintext) }
  }

  #placeOf(rowId: string | null): Uint8Array {
    return rowId === null ? this.#place : cellPlace(this.#options.tenant ?? '', rowId)
  }

  /** The cells with their heads written, each a part of one memory. */
  #newCells(values: readonly CellValue[]): (CellWork & { readonly cell: Uint8Array })[] {
    const { suite, columnId, dataKeyNumber } = this.#options
    for (const { plaintext, blindIndex = null, tokens = null } of values) {
      checkValue(plaintext, blindIndex)
      checkTokens(tokens, plaintext)
    }
    const sizes = values.map(({ plaintext, blindIndex, tokens }) =>
      cellSize(plaintext.length, isPresent(blindIndex), tokens?.length ?? null),
    )
    const memory = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0))
    let at = 0
    return values.map(({ plaintext, blindIndex = null, tokens = null, rowId = null }, i) => {
      const place = this.#placeOf(rowId)
      const { session, counter } = this.#counter.next(plaintext.length)
      const cell = memory.subarray(at, at + (sizes[i] ?? 0))
      at += cell.length
      const headSize = writeCellHead({ suite, blindIndex, tokens, columnId, dataKeyNumber, session, counter }, cell)
      return { cell, head: cell.subarray(0, headSize), place, text: plaintext, session, counter }
    })
  }

  #opening({ cell, rowId = null }: SealedCell, index: number): CellWork & { readonly index: number } {
    const { suite, columnId, dataKeyNumber } = this.#options
    const head = parseCell(cell)
    if (head.suite !== suite || head.dataKeyNumber !== dataKeyNumber || !equalBytes(head.columnId, columnId))
      throw new DecryptionError()
    const headSize = cellHeadSize(head.blindIndex !== null, head.tokens?.length ?? null)
    return {
      index,
      session: head.session,
      counter: head.counter,
      head: cell.subarray(0, headSize),
      place: this.#placeOf(rowId),
      text: cell.subarray(headSize),
    }
  }
}

const hasTokens = ({ tokens }: CellValue): boolean => tokens !== null && tokens !== undefined

const isPresent = (blindIndex: Uint8Array | null | undefined): boolean =>
  blindIndex !== null && blindIndex !== undefined

const sessionOf = ([first]: readonly CellWork[]): Uint8Array => first?.session ?? new Uint8Array(0)

function deriveCellKey({ suite, dataKey }: CellKeyOptions, session: Uint8Array): Aead {
  const info = Buffer.concat([LABEL, Uint8Array.of(suite.number)])
  using key = hkdf(suite.hash, dataKey, session, info, suite.keySize)
  return aead(suite.aead, key)
}
