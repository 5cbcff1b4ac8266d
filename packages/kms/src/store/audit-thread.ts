// The thread of an embedded store's audit: it writes batches of records and hashes them, beside the event loop.
import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import { grown } from '../audit/merkle/grown.ts'
import { auditInsert } from './audit-insert.ts'
import type { AuditAnswer, AuditJob } from './audit-job.ts'
import { configureSqlite } from './configure-sqlite.ts'

const connection = new Sqlite(String(workerData), { fileMustExist: true })
configureSqlite(connection)
const insert = auditInsert(connection)
const texts = connection
  .prepare('select record from audit where log = ? and position >= ? and position < ? order by position')
  .pluck()

function run(job: AuditJob): AuditAnswer {
  switch (job.kind) {
    case 'insert':
      insert(job.log, job.now, job.records)
      return {}
    case 'grow': {
      const { size } = job.tree
      return { tree: grown(job.tree, texts.all(job.log, size, size + job.limit) as string[]) }
    }
    case 'close':
      connection.close()
      parentPort?.close()
      return {}
  }
}

parentPort?.on('message', (job: AuditJob) => {
  try {
    parentPort?.postMessage(run(job))
  } catch (error) {
    parentPort?.postMessage({ failure: String(error) } satisfies AuditAnswer)
  }
})
