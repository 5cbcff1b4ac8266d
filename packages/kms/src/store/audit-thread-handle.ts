import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { AuditAnswer, AuditJob } from './audit-job.ts'

/** The built thread, also where this module runs from its source: Node starts threads from JavaScript. */
const THREAD = new URL('../../dist/store/audit-thread.js', import.meta.url)

interface Asked {
  readonly done: (answer: Exclude<AuditAnswer, { failure: string }>) => void
  readonly failed: (error: Error) => void
}

/** The audit's thread from outside: jobs are done one after the other, in the order they were asked for. */
export class AuditThreadHandle {
  readonly #worker: Worker
  readonly #asked: Asked[] = []
  #state: 'starting' | 'running' | 'ended' = 'starting'
  readonly #ended: Promise<void>

  private constructor(file: string) {
    this.#worker = new Worker(THREAD, { workerData: file, execArgv: [] })
    this.#worker.unref()
    this.#worker.on('online', () => this.#turn('running'))
    this.#worker.on('message', (answer: AuditAnswer) => this.#answered(answer))
    // An error is followed by the end.
    this.#worker.on('error', () => {})
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve(this.#end())))
  }

  /** Null where the thread was not built: in a checkout whose tests run from the sources. */
  static start(file: string): AuditThreadHandle | null {
    return existsSync(fileURLToPath(THREAD)) ? new AuditThreadHandle(file) : null
  }

  /** False until it runs, and when it has ended. */
  get running(): boolean {
    return this.#state === 'running'
  }

  /** Throws what the job throws, and when the thread ends before it is done. */
  ask(job: AuditJob): Promise<Exclude<AuditAnswer, { failure: string }>> {
    return new Promise((done, failed) => {
      if (this.#state === 'ended') return failed(ended())
      this.#asked.push({ done, failed })
      this.#worker.ref()
      this.#worker.postMessage(job)
    })
  }

  /** After all that was asked for. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== 'ended') await this.ask({ kind: 'close' }).catch(() => {})
    await this.#ended
  }

  #turn(state: 'running' | 'ended'): void {
    this.#state = state
  }

  #answered(answer: AuditAnswer): void {
    const asked = this.#asked.shift()
    if (this.#asked.length === 0) this.#worker.unref()
    if ('failure' in answer) asked?.failed(new Error(answer.failure))
    else asked?.done(answer)
  }

  #end(): void {
    this.#turn('ended')
    for (const { failed } of this.#asked.splice(0)) failed(ended())
  }
}

const ended = (): Error => new Error("expected the audit's thread to run, it has ended")
