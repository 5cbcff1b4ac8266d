import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { KmsPort } from '../kms-port.ts'

/** Something that follows the audit. */
export interface LaggingStream {
  readonly name: string
  /** Records that it has not handed over yet. */
  lag(): Promise<number>
}

/** What `/metrics` shows, of this server alone. */
export class Metrics {
  readonly registry = new Registry()
  readonly #requests = new Counter({
    name: 'hufu_kms_requests_total',
    help: 'Requests answered, by API, action and outcome',
    labelNames: ['dialect', 'action', 'outcome'],
    registers: [this.registry],
  })
  readonly #seconds = new Histogram({
    name: 'hufu_kms_request_seconds',
    help: 'Time from a whole request to its answer',
    labelNames: ['dialect'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers: [this.registry],
  })

  constructor(streams: readonly LaggingStream[], proof: Pick<KmsPort['proof'], 'failure'>) {
    collectDefaultMetrics({ register: this.registry })
    new Gauge({
      name: 'hufu_audit_checkpoint_failing',
      help: '1 while the audit can not be signed, else 0',
      registers: [this.registry],
      collect() {
        this.set(proof.failure === null ? 0 : 1)
      },
    })
    if (streams.length > 0) this.#showLag(streams)
  }

  /** `action` is a permission of the action table, so that a caller can't make up labels. */
  answered(dialect: string, action: string, outcome: string, milliseconds: number): void {
    this.#requests.inc({ dialect, action, outcome })
    this.#seconds.observe({ dialect }, milliseconds / 1000)
  }

  /** A lag that can't be read now is not shown. */
  #showLag(streams: readonly LaggingStream[]): void {
    new Gauge({
      name: 'hufu_audit_sink_lag_records',
      help: 'Audit records that a sink has not been handed yet',
      labelNames: ['sink'],
      registers: [this.registry],
      async collect() {
        this.reset()
        for (const stream of streams) {
          const lag = await stream.lag().catch(() => null)
          if (lag !== null) this.set({ sink: stream.name }, lag)
        }
      },
    })
  }
}
