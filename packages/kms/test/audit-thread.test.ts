import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditRecord } from '../src/audit/audit-record.ts'
import { canonicalJson, type Json } from '../src/audit/canonical-json.ts'
import { canonicalRecord } from '../src/audit/canonical-record.ts'
import { grown } from '../src/audit/merkle/grown.ts'
import { AuditThreadHandle } from '../src/store/audit-thread-handle.ts'
import { openTestKms, type TestKms } from './open-test-kms.ts'

const record = (): AuditRecord => ({
  requestId: randomUUID(),
  at: 5,
  action: 'Encrypt',
  principal: null,
  accessKeyId: 'AKIANOBODY',
  sourceIp: '127.0.0.1',
  key: null,
  context: { b: 'é"\\', a: '1' },
  outcome: 'ok',
})

let test: TestKms
let thread: AuditThreadHandle

beforeEach(async () => {
  test = await openTestKms()
  await test.keys().generateRandom(1)
  await test.kms.close()
  const started = AuditThreadHandle.start(join(test.dir, 'kms.db'))
  if (started === null) throw new Error("expected the audit's thread to be built: npx turbo run build")
  thread = started
  await vi.waitFor(() => expect(thread.running).toBe(true), { timeout: 60_000 })
})

afterEach(async () => {
  await thread.close()
  await rm(test.dir, { recursive: true })
})

describe("the audit's thread", () => {
  it('writes the rows that are written without it, and grows the same tree', async () => {
    const records = Array.from({ length: 40 }, record)
    await thread.ask({ kind: 'insert', log: 1, now: 7, records })
    const { tree } = await thread.ask({ kind: 'grow', log: 1, tree: { size: 0, roots: [] }, limit: 1_000 })
    await thread.close()
    const db = new Sqlite(join(test.dir, 'kms.db'))
    const rows = db.prepare('select * from audit order by position').all() as { record: string; position: number }[]
    const size = (db.prepare('select size from audit_logs').get() as { size: number }).size
    db.close()
    expect(rows.slice(-40).map((row) => JSON.parse(row.record))).toMatchObject(records)
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index))
    expect(size).toBe(rows.length)
    const inline = grown(
      { size: 0, roots: [] },
      rows.map((row) => row.record),
    )
    expect(tree?.size).toBe(inline.size)
    expect(tree?.roots.map((root) => Buffer.from(root).toString('hex'))).toEqual(
      inline.roots.map((root) => Buffer.from(root).toString('hex')),
    )
  })

  it('says what it could not do, and goes on', async () => {
    await expect(thread.ask({ kind: 'insert', log: 77, now: 7, records: [record()] })).rejects.toThrow(/77/)
    await thread.ask({ kind: 'insert', log: 1, now: 7, records: [record()] })
  })

  it('is closed after what was asked for, and then refuses', async () => {
    const asked = thread.ask({ kind: 'insert', log: 1, now: 7, records: [record()] })
    await Promise.all([thread.close(), asked])
    await thread.close()
    await expect(thread.ask({ kind: 'insert', log: 1, now: 7, records: [record()] })).rejects.toThrow(/ended/)
  })
})

describe('the text of a record', () => {
  it('is the canonical form of any record', () => {
    const text = fc.string({ unit: 'binary' })
    const texts = fc.record(
      {
        requestId: fc.uuid(),
        at: fc.nat(),
        action: text,
        principal: fc.option(text),
        accessKeyId: fc.option(text),
        sourceIp: fc.string(),
        key: fc.option(text),
        context: fc.dictionary(text, text),
        userAgent: text,
        via: text,
        service: text,
        detail: text,
        outcome: fc.constant('ok' as const),
      },
      { requiredKeys: ['requestId', 'at', 'action', 'principal', 'accessKeyId', 'sourceIp', 'key', 'outcome'] },
    )
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (one, index, recordedAt) => {
        const place = { log: 1, index, recordedAt }
        expect(canonicalRecord(one, place)).toBe(canonicalJson({ ...one, ...place } as unknown as Json))
      }),
      { numRuns: 50 },
    )
  })
})

describe('a service whose audit is written in the thread', () => {
  it('has every record of many requests at once, in one log that is proven', async () => {
    const busy = await openTestKms()
    try {
      const { keyId } = await busy.keys().createKey({})
      for (let round = 0; round < 20; round++)
        await Promise.all(Array.from({ length: 100 }, () => busy.keys().generateDataKey({ keyId })))
      await busy.kms.proof.sign()
      const records = await busy.kms.audit.list({ action: 'GenerateDataKey', newestFirst: true })
      expect(records).toHaveLength(1_000)
      const [{ size } = { size: 0 }] = await busy.kms.proof.logs()
      expect(size).toBe(2_001)
      await busy.keys().disableKey(keyId)
      await busy.kms.proof.sign()
    } finally {
      await busy.close()
    }
  })
})
