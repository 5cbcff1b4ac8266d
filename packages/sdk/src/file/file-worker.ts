import { parentPort, workerData } from 'node:worker_threads'
import type { FileJob } from './file-job.ts'
import { runFileJob } from './run-file-job.ts'

for (const bytes of runFileJob(workerData as FileJob)) parentPort?.postMessage(bytes)
