import { setImmediate } from 'node:timers/promises'
import { HufuError } from '@hufu/wire'
import type { Store } from '../store/store.ts'
import type { AuditFilter, AuditRecord, StoredAuditRecord } from './audit-record.ts'

interface Waiting {
  readonly record: AuditRecord
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

/** Batches that are on their way at once: one on its way to the disk, the next one being written. */
const BATCHES_MAX = 2

/** Records from which on the next one is written so early: each batch costs its commit. */
const WORTH_A_BATCH = 64

/**
 * Every request's record, durable before the request is answered. Requests that arrive while batches are
 * on their way share the next one.
 */
export class AuditLog {
  readonly #store: Store
  #waiting: Waiting[] = []
  #batches = 0
  #writing = false
  #failing = false

  constructor(store: Store) {
    this.#store = store
  }

  /** Resolves when the record is durable. Throws `Unavailable` when it can't be: then the request must fail. */
  append(record: AuditRecord): Promise<void> {
    return new Promise((written, failed) => {
      this.#waiting.push({ record, written, failed })
      if (!this.#writing && this.#mayWrite()) void this.#write()
    })
  }

  /** Whether the last records could not be made durable. */
  get failing(): boolean {
    return this.#failing
  }

  list(filter: AuditFilter = {}): Promise<readonly StoredAuditRecord[]> {
    return this.#store.listAudit(filter)
  }

  /** One batch after the other; the next one does not wait for the disk, unless it would be one too many. */
  async #write(): Promise<void> {
    this.#writing = true
    await setImmediate()
    while (this.#mayWrite()) {
      const batch = this.#waiting
      this.#waiting = []
      this.#batches += 1
      await new Promise<void>((written) => void this.#commit(batch, written))
      await setImmediate()
    }
    this.#writing = false
  }

  #mayWrite(): boolean {
    if (this.#batches === 0) return this.#waiting.length > 0
    return this.#batches < BATCHES_MAX && this.#waiting.length >= WORTH_A_BATCH
  }

  /** Never throws. Calls `written` once at least. */
  async #commit(batch: readonly Waiting[], written: () => void): Promise<void> {
    try {
      await this.#store.appendAudit(
        batch.map(({ record }) => record),
        written,
      )
      this.#failing = false
      for (const { written } of batch) written()
    } catch (cause) {
      this.#failing = true
      const error = new HufuError('Unavailable', 'the audit record can not be written, so nothing is answered', {
        cause,
      })
      for (const { failed } of batch) failed(error)
    }
    this.#batches -= 1
    written()
    if (!this.#writing && this.#mayWrite()) void this.#write()
  }
}
