import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

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

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  /** `action` is a permission of the action table, so that a caller can't make up labels. */
  answered(dialect: string, action: string, outcome: string, milliseconds: number): void {
    this.#requests.inc({ dialect, action, outcome })
    this.#seconds.observe({ dialect }, milliseconds / 1000)
  }
}
