import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { DecryptionError, type Secret } from '@hufu/crypto'
import type { Watch } from '../data.ts'
import { batchCount, type FileJob } from './file-job.ts'
import { runFileJob } from './run-file-job.ts'

/** Batches from which on a worker is worth its start. */
const WORTH_A_WORKER = 16

/** The built worker, also where this module runs from its source: Node starts threads from JavaScript. */
const WORKER = new URL('../../dist/file/file-worker.js', import.meta.url)

/** Runs a job on as many cores as it is worth, and off this thread unless it is small. Throws the first failure. */
export async function runFileJobs(
  job: Omit<FileJob, 'dataKey' | 'next'>,
  dataKey: Secret,
  { signal, onProgress = () => {} }: Watch,
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
    if (batches <= WORTH_A_WORKER) return runFileJob(whole, done)
    await runWorkers(whole, Math.min(availableParallelism(), Math.ceil(batches / WORTH_A_WORKER)), done, signal)
  } finally {
    keyBytes.fill(0)
  }
}

/** Every worker is waited for, also after a failure: the files must stay open as long as one may write. */
async function runWorkers(
  job: FileJob,
  count: number,
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
  const workers = Array.from({ length: count }, () => new Worker(WORKER, { workerData: job, execArgv: [] }))
  await Promise.all(workers.map((worker) => ended(worker.on('message', done).on('error', failed))))
  signal?.removeEventListener('abort', stop)
  signal?.throwIfAborted()
  if (failures.length > 0) throw ownError(failures[0])
}

/** Not by `once` of node:events, which would reject at the error, before the end. */
const ended = (worker: Worker): Promise<void> => new Promise((resolve) => worker.once('exit', () => resolve()))

/** An error that came from another thread has lost its class. */
const ownError = (error: unknown): unknown =>
  error instanceof Error && error.name === 'DecryptionError' ? new DecryptionError({ cause: error }) : error
