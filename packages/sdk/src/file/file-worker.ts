import { parentPort, workerData } from 'node:worker_threads'
import type { FileJob } from './file-job.ts'
import { runFileJob } from './run-file-job.ts'

runFileJob(workerData as FileJob, (bytes) => parentPort?.postMessage(bytes))
