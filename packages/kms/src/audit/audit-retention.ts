import { randomUUID } from 'node:crypto'
import { claimed } from '../jobs/claimed.ts'
import type { KmsParts } from '../kms-parts.ts'
import { DAY } from '../limits.ts'
import { service } from '../service-caller.ts'
import { AuditEntry } from './audit-entry.ts'
import type { AuditProof } from './audit-proof.ts'

/** How long a claim holds when its holder dies. Milliseconds. */
const CLAIM = 600_000

/** Cuts off records that are older than they are kept, once a day, with a record of its own. */
export class AuditRetention {
  readonly #kms: KmsParts
  readonly #proof: AuditProof
  readonly #days: number
  readonly #holder = randomUUID()
  #next = Number.NEGATIVE_INFINITY

  constructor(kms: KmsParts, proof: AuditProof, days: number) {
    this.#kms = kms
    this.#proof = proof
    this.#days = days
  }

  /** Throws what `AuditProof.cut` throws; it is then tried again a day later. */
  async run(): Promise<void> {
    const { store, clock } = this.#kms
    const now = clock()
    if (now < this.#next) return
    const [oldest] = await store.listAudit({ limit: 1 })
    if (oldest === undefined || now - oldest.at < (this.#days + 1) * DAY) return
    this.#next = now + DAY
    const claim = { name: 'audit retention', holder: this.#holder, life: CLAIM }
    await claimed(this.#kms, claim, () => this.#cut(now - this.#days * DAY))
  }

  async #cut(before: number): Promise<void> {
    const { audit, clock, place } = this.#kms
    const entry = new AuditEntry({ caller: service(place.accountId), action: 'CutAudit' }, clock(), null)
    if ((await this.#proof.cut(before)).length > 0) await audit.append(entry.succeeded())
  }
}
