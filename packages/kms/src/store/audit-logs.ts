import type { Knex } from 'knex'
import type { StoredCheckpoint } from '../audit/checkpoint/stored-checkpoint.ts'
import type { TreeState } from '../audit/merkle/frontier.ts'
import { grown } from '../audit/merkle/grown.ts'

export interface AuditLogState {
  readonly log: number
  /** Records that it ever had. */
  readonly size: number
  /** Records before this index are gone; the checkpoint of that size is the signed cut. */
  readonly cutSize: number
}

/** What proves the audit: each log's records in their order, and its checkpoints. */
export interface AuditLogs {
  auditLogs(): Promise<readonly AuditLogState[]>
  /** The canonical texts of the records from an index on, at most `limit`. */
  auditTexts(log: number, from: number, limit: number): Promise<readonly string[]>
  /** The tree of a log with its next records, at most `limit` of them; the same when there are none. */
  grownTree(log: number, tree: TreeState, limit: number): Promise<TreeState>
  lastCheckpoint(log: number): Promise<StoredCheckpoint | null>
  /** Those of sizes from `from` to `to`, both inclusive, in their order. */
  checkpoints(log: number, from: number, to: number): Promise<readonly StoredCheckpoint[]>
  /** The newest one that was made before that time. */
  checkpointBefore(log: number, at: number): Promise<StoredCheckpoint | null>
  /** Keeps the one that is there of that size. */
  saveCheckpoint(checkpoint: StoredCheckpoint): Promise<void>
  /** Forgets the records before the checkpoint, which replaces that of its size. */
  cutAudit(checkpoint: StoredCheckpoint): Promise<void>
}

/** The canonical texts of the records from an index on. */
async function textsOf(db: Knex, log: number, from: number, limit: number): Promise<readonly string[]> {
  const query = db('audit')
    .where({ log })
    .where('position', '>=', from)
    .where('position', '<', from + limit)
  return (await query.orderBy('position').select('record')).map(({ record }) => String(record))
}

export const knexAuditLogs = (db: Knex): AuditLogs => ({
  async auditLogs() {
    const rows = await db('audit_logs').orderBy('log')
    return rows.map(({ log, size, cut_size }) => ({ log: Number(log), size: Number(size), cutSize: Number(cut_size) }))
  },
  auditTexts: (log, from, limit) => textsOf(db, log, from, limit),
  grownTree: async (log, tree, limit) => grown(tree, await textsOf(db, log, tree.size, limit)),
  async lastCheckpoint(log) {
    const row = await db('audit_checkpoints').where({ log }).orderBy('size', 'desc').first()
    return row === undefined ? null : toCheckpoint(row)
  },
  async checkpoints(log, from, to) {
    const query = db('audit_checkpoints').where({ log }).whereBetween('size', [from, to])
    return (await query.orderBy('size')).map(toCheckpoint)
  },
  async checkpointBefore(log, at) {
    const row = await db('audit_checkpoints').where({ log }).where('at', '<', at).orderBy('size', 'desc').first()
    return row === undefined ? null : toCheckpoint(row)
  },
  async saveCheckpoint(checkpoint) {
    await db('audit_checkpoints').insert(checkpointRow(checkpoint)).onConflict(['log', 'size']).ignore()
  },
  async cutAudit(checkpoint) {
    const { log, size } = checkpoint
    await db.transaction(async (transaction) => {
      await transaction('audit_logs').where({ log }).update({ cut_size: size })
      await transaction('audit').where({ log }).where('position', '<', size).delete()
      await transaction('audit_checkpoints').where({ log }).where('size', '<=', size).delete()
      await transaction('audit_checkpoints').insert(checkpointRow(checkpoint))
    })
  },
})

const checkpointRow = ({ log, size, at, note, frontier }: StoredCheckpoint) => ({
  log,
  size,
  at,
  note,
  frontier: frontier.map((root) => Buffer.from(root).toString('base64')).join(' '),
})

const toCheckpoint = (row: Readonly<Record<string, unknown>>): StoredCheckpoint => ({
  log: Number(row.log),
  size: Number(row.size),
  at: Number(row.at),
  note: String(row.note),
  frontier: String(row.frontier)
    .split(' ')
    .filter((root) => root !== '')
    .map((root) => Buffer.from(root, 'base64')),
})
