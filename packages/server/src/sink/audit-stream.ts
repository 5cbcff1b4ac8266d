import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { KmsPort } from '../kms-port.ts'
import type { AuditSink } from './audit-sink.ts'
import { SentPositions } from './sent-positions.ts'

/** Records handed over at once. */
const BATCH = 500
/** Milliseconds between looks at the log, and between attempts at a sink that is down. */
const PAUSE = 500
const PAUSE_MAX = 30_000

export interface AuditStreamOptions {
  readonly proof: Pick<KmsPort['proof'], 'logs' | 'texts'>
  readonly sink: AuditSink
  /** Where the position is kept. */
  readonly folder: string
  readonly log: Logger
}

/**
 * Follows the audit as it is stored, beside the requests: no answer waits for it. What a sink could not take comes
 * again, from the kept position on, so that it gets each record once at least, in the order of its log.
 */
export class AuditStream {
  readonly #options: AuditStreamOptions
  readonly #positions: SentPositions
  readonly #ended = new AbortController()
  readonly #running: Promise<void>

  private constructor(options: AuditStreamOptions, positions: SentPositions) {
    this.#options = options
    this.#positions = positions
    this.#running = this.#run()
  }

  static async start(options: AuditStreamOptions): Promise<AuditStream> {
    return new AuditStream(options, await SentPositions.open(options.folder, options.sink.name))
  }

  get name(): string {
    return this.#options.sink.name
  }

  /** Records that the sink has not been handed yet. */
  async lag(): Promise<number> {
    const logs = await this.#options.proof.logs()
    return logs.reduce((sum, log) => sum + log.size - this.#from(log), 0)
  }

  /** Lets go of the sink; what it has not got, it gets after the next start. */
  async close(): Promise<void> {
    this.#ended.abort()
    this.#options.sink.close()
    await this.#running
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#ended.signal.aborted) {
      try {
        await this.#catchUp()
        if (failures > 0) this.#options.log.info({ sink: this.name }, 'the audit sink is back')
        failures = 0
      } catch (err) {
        if (!this.#ended.signal.aborted) this.#failed(err, failures)
        failures += 1
      }
      const pause = Math.min(PAUSE * 2 ** Math.min(failures, 10), PAUSE_MAX)
      await wait(pause, undefined, { signal: this.#ended.signal }).catch(() => {})
    }
  }

  /** Tells once of a sink that goes down. */
  #failed(err: unknown, failures: number): void {
    this.#options.sink.close()
    if (failures === 0)
      this.#options.log.warn({ err, sink: this.name }, 'the audit sink is down: it is caught up later')
  }

  async #catchUp(): Promise<void> {
    const { proof, sink } = this.#options
    for (const log of await proof.logs())
      for (let from = this.#from(log); from < log.size && !this.#ended.signal.aborted; ) {
        const texts = await proof.texts(log.log, from, Math.min(BATCH, log.size - from))
        if (texts.length === 0) break
        await sink.send(texts)
        from += texts.length
        await this.#positions.keep(log.log, from)
      }
  }

  /** Past what retention has removed; a log shorter than what was sent is another one, put back from a backup. */
  #from({ log, size, cutSize }: { readonly log: number; readonly size: number; readonly cutSize: number }): number {
    const next = this.#positions.next(log)
    return next > size ? cutSize : Math.max(next, cutSize)
  }
}
