import { randomUUID } from 'node:crypto'
import { keyArn } from '@hufu/wire'
import { AuditEntry } from '../audit/audit-entry.ts'
import type { AuditRetention } from '../audit/audit-retention.ts'
import { toHufuError } from '../failure.ts'
import type { KmsParts } from '../kms-parts.ts'
import { service } from '../service-caller.ts'
import { claimed } from './claimed.ts'
import type { Job } from './job.ts'

/** How long a claim holds when its holder dies. Milliseconds. */
const CLAIM = 60_000
const BATCH = 100

/**
 * Does what has come due, each key in a transaction of its own that looks again whether it is due: so it is done
 * once, however many processes try and wherever one of them dies. A claim keeps them from trying at once.
 */
export class JobRunner {
  readonly #kms: KmsParts
  readonly #jobs: readonly Job[]
  /** Null where records of the audit are kept for ever. */
  readonly #retention: AuditRetention | null
  readonly #holder = randomUUID()
  #running: Promise<void> | null = null
  #stopped = false

  constructor(kms: KmsParts, jobs: readonly Job[], retention: AuditRetention | null = null) {
    this.#kms = kms
    this.#jobs = jobs
    this.#retention = retention
  }

  /** Everything that is due now. One run at a time: who asks during it waits for it. */
  run(): Promise<void> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Resolves when nothing runs any more; nothing starts again. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running?.catch(() => {})
  }

  async #runAll(): Promise<void> {
    for (const job of this.#jobs) {
      if (this.#stopped) return
      await this.#claimed(`keys due for ${job.due}`, () => this.#drain(job))
    }
    await this.#destroyDataKeys()
    // So that there is little left to read when somebody asks.
    await this.#claimed('key uses', () => this.#kms.store.followKeyUses())
    await this.#kms.replication.run()
    if (!this.#stopped) await this.#retention?.run()
  }

  #claimed(name: string, work: () => Promise<void>): Promise<void> {
    return claimed(this.#kms, { name, holder: this.#holder, life: CLAIM }, work)
  }

  /** One transaction destroys what is due, so that it needs no claim. */
  async #destroyDataKeys(): Promise<void> {
    const { store, clock, place } = this.#kms
    const caller = service(place.accountId)
    await store.transact(async (writes) => {
      const entry = (id: string) => new AuditEntry({ caller, action: 'DeleteDataKey' }, clock(), id)
      for (const id of await writes.deleteDueDataKeys(clock())) await writes.appendAudit(entry(id).succeeded())
    })
  }

  async #drain(job: Job): Promise<void> {
    const tried = new Set<string>()
    for (;;) {
      const due = await this.#kms.store.due(job.due, this.#kms.clock(), BATCH + tried.size)
      const fresh = due.filter((id) => !tried.has(id))
      if (fresh.length === 0) return
      for (const id of fresh) {
        if (this.#stopped) return
        tried.add(id)
        await this.#once(job, id)
      }
    }
  }

  /** A key that fails is left for the next run, and does not keep the others waiting. */
  async #once(job: Job, id: string): Promise<void> {
    const { store, events, clock, place, audit } = this.#kms
    const arn = keyArn(place.region, place.accountId, id)
    const entry = new AuditEntry({ caller: service(place.accountId), action: job.action }, clock(), arn)
    try {
      const done = await store.transact(async (writes) => {
        const key = await writes.key(id)
        if (key === null || !job.isDue(key, clock())) return false
        await job.act(writes, key)
        await writes.announce({ keyId: id, change: job.change })
        await writes.appendAudit(entry.succeeded())
        return true
      })
      if (done) events.publish({ keyId: id, change: job.change })
      if (done && job.change === 'deleted') await store.scrub()
    } catch (error) {
      await audit.append(entry.failed(toHufuError(error)))
    }
  }
}
