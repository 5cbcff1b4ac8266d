import { LRUCache } from 'lru-cache'
import type { KmsPort } from '../kms-port.ts'

/** Milliseconds in which one use of an access key is noted. */
const EVERY = 60_000
const KEPT = 10_000

/** Notes when access keys were last used, beside the requests: none waits for it or fails with it. */
export class LastUses {
  readonly #identities: KmsPort['identities']
  readonly #noted = new LRUCache<string, true>({ max: KEPT, ttl: EVERY })
  readonly #running = new Set<Promise<void>>()

  constructor(identities: KmsPort['identities']) {
    this.#identities = identities
  }

  note(accessKeyId: string, service: string): void {
    if (this.#noted.has(accessKeyId)) return
    this.#noted.set(accessKeyId, true)
    const running = this.#identities.used(accessKeyId, service).catch(() => {})
    this.#running.add(running)
    void running.then(() => this.#running.delete(running))
  }

  /** Resolves when what is under way is written. */
  async close(): Promise<void> {
    await Promise.all(this.#running)
  }
}
