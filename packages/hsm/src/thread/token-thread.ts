import { SHARE_ENV, Worker } from 'node:worker_threads'
import { BackendUnavailable } from '@hufu/kms'
import { fromForm } from './error-form.ts'
import { answersOf, flatCalls, isAead } from './flat.ts'
import type { Answer, Call, Message } from './messages.ts'
import { pack, unpackOwn } from './packed.ts'

/** The built worker, also where this module runs from its source: Node starts threads from JavaScript. */
const WORKER = new URL('../../dist/thread/backend-worker.js', import.meta.url)

interface Waiting {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * A thread in which backends are called. The calls of one turn of the event loop go to it in one message, in memory
 * that changes hands and is zeroised by whoever has it last. It does not keep the process alive, but for an answer.
 */
export class TokenThread {
  // A PKCS#11 library is told of its configuration by the process's environment.
  readonly #worker = new Worker(WORKER, { env: SHARE_ENV, execArgv: [] })
  readonly #waiting = new Map<number, Waiting>()
  #calls: Call[] = []
  #last = 0
  #ended = false

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', (message: Message) => this.#answered(message))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(null))
  }

  /** Throws what the backend throws, and `BackendUnavailable` when the thread has ended. */
  call({ backend, method, input }: Omit<Call, 'call'>): Promise<unknown> {
    if (this.#ended) return Promise.reject(threadEnded(null))
    const call = ++this.#last
    if (this.#calls.length === 0) setImmediate(() => this.#send())
    this.#calls.push({ call, backend, method, input })
    if (this.#waiting.size === 0) this.#worker.ref()
    return new Promise((resolve, reject) => this.#waiting.set(call, { resolve, reject }))
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #send(): void {
    const calls = this.#calls
    this.#calls = []
    const flat = flatCalls(calls.filter(isAead))
    const other = pack(calls.filter((call) => !isAead(call)))
    this.#worker.postMessage({ flat, other } satisfies Message, [flat.memory.buffer, other.memory.buffer])
  }

  #answered({ flat, other }: Message): void {
    for (const answer of answersOf(flat)) this.#settle(answer)
    for (const answer of unpackOwn(other) as readonly Answer[]) this.#settle(answer)
    if (this.#waiting.size === 0) this.#worker.unref()
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.call)
    this.#waiting.delete(answer.call)
    if ('error' in answer) waiting?.reject(fromForm(answer.error))
    else waiting?.resolve(answer.output)
  }

  #end(cause: unknown): void {
    this.#ended = true
    for (const { reject } of this.#waiting.values()) reject(threadEnded(cause))
    this.#waiting.clear()
  }
}

const threadEnded = (cause: unknown): BackendUnavailable =>
  new BackendUnavailable('expected the thread of the token to run, received its end', { cause })
