/** The payload of one message, from file to file: what every worker is told. */
export interface FileJob {
  readonly direction: 'seal' | 'open'
  /** The message's header, as it is stored. */
  readonly header: Uint8Array
  /** Shared, and zeroised by whoever made it once the workers have their own. */
  readonly dataKey: SharedArrayBuffer
  /** Descriptors of the open files: the process has them, not a thread. */
  readonly from: number
  readonly to: number
  /** Where the payload begins in each. */
  readonly fromStart: number
  readonly toStart: number
  readonly plaintextSize: number
  /** One 32-bit counter: the next batch that nobody has taken. */
  readonly next: SharedArrayBuffer
}

/** Plaintext bytes of a batch; a multiple of every segment size. */
export const BATCH = 2 ** 20

export const batchCount = (plaintextSize: number): number => Math.max(1, Math.ceil(plaintextSize / BATCH))
