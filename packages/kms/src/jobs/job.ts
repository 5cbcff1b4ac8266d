import type { KeyEvent } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { DueFor, Reads, Writes } from '../store/store.ts'

/** Work that comes due for single keys. */
export interface Job {
  readonly due: DueFor
  /** What the audit calls it. */
  readonly action: string
  readonly change: KeyEvent['change']
  /** Whether the key, read again under its lock, is due at `now`. */
  isDue(key: Key, now: number): boolean
  /** Does it; in one transaction with the audit record. */
  act(writes: Reads & Writes, key: Key): Promise<void>
}
