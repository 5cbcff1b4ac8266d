import { BLIND_INDEX_SIZE, type CellHead, cellHeadSize, writeCellHead } from './cell-layout.ts'

type Fixed = Pick<CellHead, 'suite' | 'columnId' | 'dataKeyNumber'>

const NO_INDEX = new Uint8Array(BLIND_INDEX_SIZE)

/** The heads of a writer's cells, made once for a session: only counter and blind index change from cell to cell. */
export class OwnHead {
  readonly #fixed: Fixed
  #session: Uint8Array = new Uint8Array(0)
  #plain: Uint8Array = new Uint8Array(0)
  #indexed: Uint8Array = new Uint8Array(0)

  constructor(fixed: Fixed) {
    this.#fixed = fixed
  }

  /** The head with counter 0, and zeros for an index when it has none yet. Not to be kept. */
  of(session: Uint8Array, blindIndex: Uint8Array | 'later' | null): Uint8Array {
    if (session !== this.#session) this.#renew(session)
    if (blindIndex === null) return this.#plain
    if (blindIndex !== 'later') this.#indexed.set(blindIndex, 1)
    return this.#indexed
  }

  #renew(session: Uint8Array): void {
    this.#session = session
    this.#plain = this.#write(session, null)
    this.#indexed = this.#write(session, NO_INDEX)
  }

  #write(session: Uint8Array, blindIndex: Uint8Array | null): Uint8Array {
    const head = new Uint8Array(cellHeadSize(blindIndex !== null))
    writeCellHead({ ...this.#fixed, session, counter: 0, blindIndex, tokens: null }, head)
    return head
  }
}
