import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { DecryptionError, type Secret } from '@hufu/crypto'
import type { Sharing, Watch } from '../data.ts'
import { batchCount, type FileJob } from './file-job.ts'
import { runFileJob } from './run-file-job.ts'

/** Batches from which on a worker is worth its start. */
const WORTH_A_WORKER = 16

/** The built worker, also where this module runs from its source: Node starts threads from JavaScript. */
const WORKER = new URL('../../dist/file/file-worker.js', import.meta.url)

/** Runs a job on as many cores as it is worth, and off this thread unless it is small or there is nothing else to be done. */
export async function runFileJobs(
  job: Omit<FileJob, 'dataKey' | 'next'>,
  dataKey: Secret,
  { signal, onProgress = () => {}, alone = false }: Watch & Sharing,
): Promise<void> {
  const keyBytes = new Uint8Array(new SharedArrayBuffer(dataKey.size))
  keyBytes.set(dataKey.bytes())
  const whole: FileJob = { ...job, dataKey: keyBytes.buffer, next: new SharedArrayBuffer(4) }
  let bytes = 0
  const done = (more: number): void => {
    bytes += more
    onProgress(bytes)
  }
  try {
    signal?.throwIfAborted()
    const batches = batchCount(job.plaintextSize)
    if (batches <= WORTH_A_WORKER) return runHere(whole, done)
    const threads = Math.min(availableParallelism(), Math.ceil(batches / WORTH_A_WORKER))
    await runThreads(whole, { others: threads - (alone ? 1 : 0), alone }, done, signal)
  } finally {
    keyBytes.fill(0)
  }
}

function runHere(job: FileJob, done: (bytes: number) => void): void {
  for (const bytes of runFileJob(job)) done(bytes)
}

/** Lets others have their turn between batches. */
async function runBetween(job: FileJob, done: (bytes: number) => void): Promise<void> {
  for (const bytes of runFileJob(job)) {
    done(bytes)
    await setImmediate()
  }
}

/** Every thread is waited for, also after a failure: the files must stay open as long as one may write. Throws the first. */
async function runThreads(
  job: FileJob,
  { others, alone }: { readonly others: number; readonly alone: boolean },
  done: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = (): void => void Atomics.store(new Uint32Array(job.next), 0, batchCount(job.plaintextSize))
  const failures: unknown[] = []
  const failed = (error: unknown): void => {
    failures.push(error)
    stop()
  }
  signal?.addEventListener('abort', stop)
  const workers = Array.from({ length: others }, () => new Worker(WORKER, { workerData: job, execArgv: [] }))
  const ends = workers.map((worker) => ended(worker.on('message', done).on('error', failed)))
  if (alone) await runBetween(job, done).catch(failed)
  await Promise.all(ends)
  signal?.removeEventListener('abort', stop)
  signal?.throwIfAborted()
  if (failures.length > 0) throw ownError(failures[0])
}

/** Not by `once` of node:events, which would reject at the error, before the end. */
const ended = (worker: Worker): Promise<void> => new Promise((resolve) => worker.once('exit', () => resolve()))

/** An error that came from another thread has lost its class. */
const ownError = (error: unknown): unknown =>
  error instanceof Error && error.name === 'DecryptionError' ? new DecryptionError({ cause: error }) : error
