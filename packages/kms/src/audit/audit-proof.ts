import { HufuError } from '@hufu/wire'
import type { Clock } from '../clock.ts'
import { toHufuError } from '../failure.ts'
import type { AuditLogState } from '../store/audit-logs.ts'
import type { Store } from '../store/store.ts'
import { Checkpoints } from './checkpoint/checkpoints.ts'
import type { LogSigner } from './checkpoint/log-signer.ts'
import { Exporter, type ExportPart } from './export/exporter.ts'

/** Milliseconds between checkpoints of a log that grows. */
const PERIOD = 2_000

/** Told once of each fault of the signing, and with null when it is over. */
export type AuditFaultListener = (fault: HufuError | null) => void

export interface AuditCut {
  readonly log: number
  /** Records before this index are gone. */
  readonly size: number
}

/** Signs the audit while it grows, gives it to those who prove it, and cuts it short on demand. */
export class AuditProof {
  readonly #store: Store
  readonly #signer: LogSigner
  readonly #clock: Clock
  readonly #checkpoints: Checkpoints
  readonly #exporter: Exporter
  readonly #timer: NodeJS.Timeout
  readonly #told: AuditFaultListener
  #failure: HufuError | null = null

  constructor(store: Store, signer: LogSigner, clock: Clock, told: AuditFaultListener = () => {}) {
    this.#store = store
    this.#signer = signer
    this.#clock = clock
    this.#checkpoints = new Checkpoints(store, signer, clock)
    this.#exporter = new Exporter(store, signer, this.#checkpoints, clock)
    this.#told = told
    this.#timer = setInterval(() => void this.#signInTurn(), PERIOD).unref()
  }

  /** Why the last checkpoint in turn could not be signed; null when it could. What was recorded since is unproven. */
  get failure(): HufuError | null {
    return this.#failure
  }

  /** SubjectPublicKeyInfo in PEM: all that it takes to verify an export. */
  get publicKey(): string {
    return this.#signer.key.pem
  }

  /** Signs what was recorded up to now. Throws `Integrity` when the store is not what was signed before. */
  sign(): Promise<void> {
    return this.#checkpoints.sign()
  }

  /** What can not be signed now is signed with the next ones. */
  async #signInTurn(): Promise<void> {
    const before = this.#failure
    this.#failure = await this.sign().then(() => null, toHufuError)
    if (this.#failure?.code !== before?.code) this.#told(this.#failure)
  }

  beginExport(): Promise<ExportPart> {
    return this.#exporter.begin()
  }

  /** At most `limit` records of a log, from index `from` up to before `to`, as lines of an export. */
  exportLines(log: number, from: number, to: number, limit: number): Promise<readonly string[]> {
    return this.#exporter.lines(log, from, to, limit)
  }

  /** Which records there are, log by log. */
  logs(): Promise<readonly AuditLogState[]> {
    return this.#store.auditLogs()
  }

  /** The canonical texts of a log's records from index `from` on, at most `limit`. */
  texts(log: number, from: number, limit: number): Promise<readonly string[]> {
    return this.#store.auditTexts(log, from, limit)
  }

  /**
   * Removes what was signed before that time; each log goes on from a signed cut. The last uses of keys are kept.
   * Throws `Integrity`.
   */
  async cut(before: number): Promise<readonly AuditCut[]> {
    if (before > this.#clock()) throw new HufuError('InvalidParameter', 'expected a time that has passed')
    await this.sign()
    await this.#store.followKeyUses()
    const cuts: AuditCut[] = []
    for (const { log, cutSize } of await this.#store.auditLogs()) {
      const last = await this.#store.checkpointBefore(log, before)
      if (last === null || last.size <= cutSize) continue
      const frontier = await this.#checkpoints.frontier(last)
      await this.#store.cutAudit(await this.#checkpoints.signed(log, frontier, last.at, true))
      cuts.push({ log, size: last.size })
    }
    if (cuts.length > 0) await this.#store.scrub()
    return cuts
  }

  /** Signs what is left to sign, if it can be. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.sign().catch(() => {})
  }
}
