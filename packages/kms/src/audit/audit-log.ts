import { setImmediate } from 'node:timers/promises'
import { HufuError } from '@hufu/wire'
import type { Store } from '../store/store.ts'
import type { AuditFilter, AuditRecord, StoredAuditRecord } from './audit-record.ts'

interface Waiting {
  readonly record: AuditRecord
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Every request's record, durable before the request is answered. Requests that arrive while one batch is
 * being written share the next one.
 */
export class AuditLog {
  readonly #store: Store
  #waiting: Waiting[] = []
  #writing = false

  constructor(store: Store) {
    this.#store = store
  }

  /** Resolves when the record is durable. Throws `Unavailable` when it can't be: then the request must fail. */
  append(record: AuditRecord): Promise<void> {
    return new Promise((written, failed) => {
      this.#waiting.push({ record, written, failed })
      if (!this.#writing) void this.#write()
    })
  }

  list(filter: AuditFilter = {}): Promise<readonly StoredAuditRecord[]> {
    return this.#store.listAudit(filter)
  }

  async #write(): Promise<void> {
    this.#writing = true
    await setImmediate()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      await this.#commit(batch)
    }
    this.#writing = false
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#store.appendAudit(batch.map(({ record }) => record))
      for (const { written } of batch) written()
    } catch (cause) {
      const error = new HufuError('Unavailable', 'the audit record can not be written, so nothing is answered', {
        cause,
      })
      for (const { failed } of batch) failed(error)
    }
  }
}
