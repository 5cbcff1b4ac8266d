import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '@hufu/crypto'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  canonicalJson,
  checkConsistency,
  checkInclusion,
  consistencyPath,
  ExportFault,
  ExportVerifier,
  inclusionPath,
  leafHash,
  NoteKey,
  openCheckpoint,
} from '../src/audit/index.ts'
import { Frontier } from '../src/audit/merkle/frontier.ts'
import { rootOf } from '../src/audit/merkle/proofs.ts'
import { type Kms, softwareBackend } from '../src/index.ts'
import { caller, openAt, openTestKms, TestClock, type TestKms, temporaryDirectory } from './open-test-kms.ts'

let test: TestKms
let clock: TestClock

beforeEach(async () => {
  clock = new TestClock()
  test = await openTestKms({ clock: clock.read })
})

afterEach(() => test.close())

/** Some requests, and a checkpoint after each few. */
async function use(kms: TestKms, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await kms.keys().generateRandom(round + 1)
    await kms
      .keys()
      .describeKey('alias/nothing')
      .catch(() => {})
    clock.now += 1_000
    await kms.kms.proof.sign()
  }
}

async function exported({ proof }: Pick<Kms, 'proof'>): Promise<string> {
  const { line, logs } = await proof.beginExport()
  const lines = [line]
  for (const { log, from, size } of logs) {
    let at = from
    do {
      const more = await proof.exportLines(log, at, size, 3)
      lines.push(...more)
      at += more.filter((text) => text.startsWith('{"hash"')).length
    } while (at < size)
  }
  return `${lines.join('\n')}\n`
}

function verify(text: string, pem: string) {
  const verifier = new ExportVerifier(NoteKey.fromPem(pem))
  const lines = text.split('\n')
  const last = lines.pop()
  for (const line of lines) verifier.line(line)
  return verifier.end(last === '')
}

function faultOf(text: string, pem: string): ExportFault | null {
  try {
    verify(text, pem)
    return null
  } catch (error) {
    if (error instanceof ExportFault) return error
    throw error
  }
}

describe('the tree', () => {
  const leaves = Array.from({ length: 70 }, (_, index) => leafHash(`record ${index}`))

  it('is that of RFC 6962', () => {
    const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
    const [a, b, c] = ['a', 'b', 'c'].map((text) => sha256(Buffer.of(0), Buffer.from(text))) as [Buffer, Buffer, Buffer]
    expect(leafHash('a')).toEqual(a)
    const frontier = Frontier.empty()
    expect(Buffer.from(frontier.root())).toEqual(sha256())
    for (const leaf of [a, b, c]) frontier.append(leaf)
    expect(frontier.root()).toEqual(sha256(Buffer.of(1), sha256(Buffer.of(1), a, b), c))
  })

  it('has one root, whether it grew or was made at once, and proofs of every place and every older size', () => {
    const frontier = Frontier.empty()
    for (let size = 1; size <= leaves.length; size++) {
      frontier.append(leaves[size - 1] as Uint8Array)
      const some = leaves.slice(0, size)
      const root = rootOf(some)
      expect(Buffer.compare(frontier.root(), root)).toBe(0)
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(some, index)
        expect(checkInclusion(some[index] as Uint8Array, index, size, path, root)).toBe(true)
        expect(checkInclusion(leafHash('another'), index, size, path, root)).toBe(false)
        if (size > 1)
          expect(checkInclusion(some[index] as Uint8Array, (index + 1) % size, size, path, root)).toBe(false)
      }
      for (let older = 1; older <= size; older++) {
        const old = { size: older, root: rootOf(leaves.slice(0, older)) }
        const path = consistencyPath(some, older)
        expect(checkConsistency(old, { size, root }, path)).toBe(true)
        expect(checkConsistency({ ...old, root: leafHash('x') }, { size, root }, path)).toBe(false)
        if (path.length > 0) expect(checkConsistency(old, { size, root }, path.slice(1))).toBe(false)
      }
    }
  })
})

describe('canonical JSON', () => {
  it('is that of RFC 8785', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '10': 3, '9': 4, '😀': 'a\u2028"\\\n', b: [null, true] })).toBe(
      '{"\\r":2,"10":3,"9":4,"b":[null,true],"€":1,"😀":"a\u2028\\"\\\\\\n"}',
    )
    expect(canonicalJson('\ud800x')).toBe('"\ufffdx"')
  })
})

describe.each(['fips', 'gm'] as const)('an export in the mode %s', { timeout: 300_000 }, (mode) => {
  it('is proven by its public key alone, and every change of one byte is found', async () => {
    const kms = await openTestKms({ clock: clock.read, mode })
    await use(kms, 2)
    const { publicKey } = kms.kms.proof
    const text = await exported(kms.kms)
    await kms.close()
    expect(verify(text, publicKey)).toMatchObject({ records: 4, checkpoints: 2, logs: [{ log: 1, from: 0, size: 4 }] })
    const bytes = Buffer.from(text)
    const lines = text.split('\n')
    const lineOf = (at: number) => bytes.subarray(0, at).filter((byte) => byte === 0x0a).length
    const recordsBefore = (at: number) => lines.slice(0, lineOf(at)).filter((line) => line.startsWith('{"hash"')).length
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ 1
      const fault = faultOf(
        changed.toString('latin1') === bytes.toString('latin1') ? '' : changed.toString(),
        publicKey,
      )
      if (fault === null) throw new Error(`byte ${at} was changed and not found`)
      const line = lines[lineOf(at)] ?? ''
      const inRecord = line.startsWith('{"hash"') && bytes[at] !== 0x0a
      if (inRecord && lineOf(at) > 0)
        expect({ at, line: fault.line, index: fault.record?.index ?? 0 }).toEqual({
          at,
          line: lineOf(at) + 1,
          index: recordsBefore(at),
        })
    }
    for (let length = 0; length < bytes.length; length++)
      expect(faultOf(bytes.subarray(0, length).toString(), publicKey), `cut to ${length} bytes`).not.toBeNull()
  })
})

describe('an export', () => {
  it('names what was removed, reordered, altered with its hash, or made by another key', async () => {
    await use(test, 3)
    const { publicKey } = test.kms.proof
    const lines = (await exported(test.kms)).split('\n')
    const without = lines.toSpliced(2, 1).join('\n')
    expect(faultOf(without, publicKey)).toMatchObject({ record: { log: 1, index: 1 } })
    const swapped = lines.toSpliced(1, 2, lines[2] as string, lines[1] as string).join('\n')
    expect(faultOf(swapped, publicKey)).toMatchObject({ record: { log: 1, index: 0 } })
    const record = JSON.parse(lines[4] as string).record
    const forged = canonicalJson({ ...record, detail: 'x' })
    const line = canonicalJson({ hash: Buffer.from(leafHash(forged)).toString('base64'), record: JSON.parse(forged) })
    expect(faultOf(lines.toSpliced(4, 1, line).join('\n'), publicKey)).toMatchObject({ record: { log: 1, index: 2 } })
    const backDated = canonicalJson({ ...record, recordedAt: 1 })
    const hash = Buffer.from(leafHash(backDated)).toString('base64')
    const old = canonicalJson({ hash, record: JSON.parse(backDated) })
    expect(faultOf(lines.toSpliced(4, 1, old).join('\n'), publicKey)?.message).toContain('dated before')
    const other = await openTestKms()
    expect(faultOf(lines.join('\n'), other.kms.proof.publicKey)).toMatchObject({ line: 1 })
    await other.close()
  })

  it('goes on where an earlier one ended', async () => {
    await use(test, 1)
    const first = await exported(test.kms)
    await use(test, 2)
    const { line, logs } = await test.kms.proof.beginExport()
    const rest = await test.kms.proof.exportLines(1, 2, logs[0]?.size ?? 0, 1000)
    const both = `${first}${[line, ...rest].join('\n')}\n`
    expect(verify(both, test.kms.proof.publicKey)).toMatchObject({ records: 6 })
  })

  it('goes on over reopenings', async () => {
    const dir = await temporaryDirectory()
    const root = Secret.random(32)
    const backend = () => softwareBackend(Secret.take(new Uint8Array(root.bytes())), 'SOFTWARE')
    const first = await openAt(dir, backend())
    await first.as(caller()).generateRandom(1)
    await first.close()
    const second = await openAt(dir, backend())
    await second.as(caller()).generateRandom(1)
    expect(second.proof.publicKey).toBe(first.proof.publicKey)
    expect(verify(await exported(second), first.proof.publicKey)).toMatchObject({ records: 2, checkpoints: 2 })
    await second.close()
    await rm(dir, { recursive: true })
  })

  it('begins with the signed cut when older records were removed', async () => {
    await use(test, 2)
    const before = clock.now
    clock.now += 1_000
    await use(test, 1)
    expect(await test.kms.proof.cut(before)).toEqual([{ log: 1, size: 2 }])
    await test.keys().generateRandom(1)
    const text = await exported(test.kms)
    expect(text.split('\n')[1]).toMatch(/^\{"cut"/)
    expect(verify(text, test.kms.proof.publicKey)).toMatchObject({ logs: [{ from: 2, size: 7 }] })
    const uncut = text.split('\n').toSpliced(1, 1).join('\n')
    expect(faultOf(uncut, test.kms.proof.publicKey)).toMatchObject({ record: { index: 0 } })
    await expect(test.kms.proof.cut(clock.now + 1)).rejects.toMatchObject({ code: 'InvalidParameter' })
  })

  it('keeps its order when the clock goes back', async () => {
    await test.keys().generateRandom(1)
    const at = clock.now
    clock.now -= 86_400_000
    await test.keys().generateRandom(1)
    const [, record] = await test.kms.audit.list()
    expect(record).toMatchObject({ at: at - 86_400_000, recordedAt: at, index: 1 })
    expect(verify(await exported(test.kms), test.kms.proof.publicKey)).toMatchObject({ records: 2 })
  })

  it('shows what was changed in the database after it was signed', async () => {
    await use(test, 2)
    const db = new Sqlite(join(test.dir, 'kms.db'))
    db.exec(`update audit set record = replace(record, 'GenerateRandom', 'GenerateNothin') where position = 2`)
    db.close()
    const fault = faultOf(await exported(test.kms), test.kms.proof.publicKey)
    expect(fault).toMatchObject({ record: { log: 1, index: 2 } })
  })

  it('is refused when signed checkpoints were changed in the database', async () => {
    await use(test, 2)
    const db = new Sqlite(join(test.dir, 'kms.db'))
    db.exec(`update audit_checkpoints set note = replace(note, 'at 1', 'at 2')`)
    db.close()
    await test.keys().generateRandom(1)
    await expect(test.kms.proof.beginExport()).rejects.toMatchObject({ code: 'Integrity' })
  })

  it('is told of as a fault, once, when it can not be signed any more', { timeout: 120_000 }, async () => {
    const told: (string | null)[] = []
    const kms = await openTestKms({ onAuditFault: (fault) => told.push(fault?.code ?? null) })
    await kms.keys().generateRandom(1)
    await kms.kms.proof.sign()
    const db = new Sqlite(join(kms.dir, 'kms.db'))
    const [{ note }] = db.prepare('select note from audit_checkpoints').all() as [{ note: string }]
    const change = db.prepare('update audit_checkpoints set note = ?')
    change.run(note.replace('at 1', 'at 2'))
    await kms.keys().generateRandom(1)
    await vi.waitFor(() => expect(told).toEqual(['Integrity']), { timeout: 60_000, interval: 50 })
    expect(kms.kms.proof.failure).toMatchObject({ code: 'Integrity' })
    change.run(note)
    db.close()
    await vi.waitFor(() => expect(told).toEqual(['Integrity', null]), { timeout: 60_000, interval: 50 })
    expect(kms.kms.proof.failure).toBeNull()
    await kms.close()
  })

  it('has checkpoints that prove inclusion and consistency', async () => {
    await use(test, 3)
    const lines = (await exported(test.kms))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const key = NoteKey.fromPem(test.kms.proof.publicKey)
    const leaves = lines.filter(({ record }) => record).map(({ record }) => leafHash(canonicalJson(record)))
    const [first, , last] = lines
      .filter(({ checkpoint }) => checkpoint)
      .map(({ checkpoint }) => openCheckpoint(checkpoint, key))
    if (!first || !last) throw new Error('expected checkpoints')
    expect(checkInclusion(leaves[3] as Uint8Array, 3, last.size, inclusionPath(leaves, 3), last.root)).toBe(true)
    expect(checkConsistency(first, last, consistencyPath(leaves, first.size))).toBe(true)
  })
})
