/** What is wrong with an entry of the backing directory. */
export type FindingKind =
  | 'header' // not a file of this format
  | 'block'
  | 'attribute'
  | 'name' // not authentic in its directory
  | 'target' // of a symlink
  | 'directory' // its id is missing or not whole
  | 'sidecar' // of a long name: without its entry, or missing, or of another name
  | 'leftover' // of a crash: may be deleted
  | 'old' // authentic, and not the last state: of a volume with integrity
  | 'unreadable' // the store refused

export interface Finding {
  readonly kind: FindingKind
  /** In the backing directory. */
  readonly backing: string
  /** What the mount shows it as, where that can be told. */
  readonly path?: string
  readonly detail: string
  readonly repaired?: boolean
}

export interface CheckReport {
  readonly volumeId: string
  readonly directories: number
  readonly files: number
  readonly symlinks: number
  readonly others: number
  readonly blocks: number
  readonly bytes: number
  readonly findings: readonly Finding[]
}
