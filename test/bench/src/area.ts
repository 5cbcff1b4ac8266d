/** What an area measured. A ratio is ours over theirs, higher is better, unless its name ends in `_times`. */
export interface Measured {
  readonly ratios: Record<string, number>
  /** Named with their unit: `get16m_mib_per_s`. */
  readonly figures: Record<string, number>
  /** What a ratio or figure is meant to reach; a name that ends in `_times` or `_ms`: to stay below. */
  readonly targets?: Readonly<Record<string, number>>
}

export interface AreaOptions {
  /** Shorter runs: for trying it out, not for quoting. */
  readonly quick: boolean
}

/** Measures one area against its named peers, in this one run. A peer that is missing is an error. */
export type Area = (options: AreaOptions) => Promise<Measured>
