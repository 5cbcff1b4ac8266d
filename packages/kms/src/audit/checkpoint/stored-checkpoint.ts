/** A signed checkpoint as the store keeps it, with what it takes to go on from there. */
export interface StoredCheckpoint {
  readonly log: number
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The signed note. */
  readonly note: string
  /** Proven by the note's root. */
  readonly frontier: readonly Uint8Array[]
}
