import { HufuError } from '@hufu/wire'
import { type Refusal, refusals } from './refusals.ts'

export interface RefusedPlace {
  readonly refusal: Refusal
  /** The table as declared. */
  readonly table: string
  readonly column?: string | undefined
  /** What was met in this statement, as short SQL. */
  readonly construct: string
  /** Where in the statement: characters from 1, as PostgreSQL counts; absent when it has no place. */
  readonly position?: number | undefined
}

/** A statement that would not mean the same on ciphertext. It was not sent to the server. */
export class QueryRefused extends HufuError {
  readonly refusal: Refusal
  readonly table: string
  readonly column: string | undefined
  readonly construct: string
  readonly position: number | undefined

  constructor(place: RefusedPlace) {
    const name = place.column === undefined ? place.table : `${place.table}.${place.column}`
    const where = place.position === undefined ? '' : ` at character ${place.position}`
    super(
      'NotSupported',
      `${name} is encrypted: ${place.construct}${where} is refused; ${refusals[place.refusal].wayOut}`,
    )
    this.name = 'QueryRefused'
    this.refusal = place.refusal
    this.table = place.table
    this.column = place.column
    this.construct = place.construct
    this.position = place.position
  }

  override get hint(): string {
    return refusals[this.refusal].wayOut
  }
}
