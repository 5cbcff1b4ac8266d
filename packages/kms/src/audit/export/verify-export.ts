import type { LoggedRecord } from '../audit-record.ts'
import { canonicalJson, type Json } from '../canonical-json.ts'
import { type Checkpoint, logOf, openCheckpoint } from '../checkpoint/checkpoint.ts'
import { type ExportHead, openHead } from '../checkpoint/export-head.ts'
import type { NoteKey } from '../checkpoint/note-key.ts'
import { Frontier } from '../merkle/frontier.ts'
import { leafHash, sameHash } from '../merkle/tree-hash.ts'
import { cutLine } from './export-lines.ts'

/** The first thing that is wrong with an export. */
export class ExportFault extends Error {
  /** Of the file, from 1. */
  readonly line: number
  /** The first record that is bad or missing, where it can be told. */
  readonly record: { readonly log: number; readonly index: number } | null

  constructor(what: string, line: number, record: ExportFault['record']) {
    const where = record === null ? '' : `, log ${record.log} record ${record.index}`
    super(`line ${line}${where}: ${what}`)
    this.name = 'ExportFault'
    this.line = line
    this.record = record
  }
}

interface LogState {
  frontier: Frontier
  /** Where the next checkpoint's records begin. */
  proven: number
  recordedAt: number
}

export interface VerifiedExport {
  readonly records: number
  readonly checkpoints: number
  /** When the last head was signed, milliseconds since the epoch. */
  readonly at: number
  readonly logs: readonly { readonly log: number; readonly from: number; readonly size: number }[]
}

/** Reads an export line by line and proves it. Every method throws `ExportFault`. */
export class ExportVerifier {
  readonly #key: NoteKey
  readonly #logs = new Map<number, LogState>()
  readonly #from = new Map<number, number>()
  #head: ExportHead | null = null
  #line = 0
  #records = 0
  #checkpoints = 0

  constructor(key: NoteKey) {
    this.#key = key
  }

  /** One line without its LF. */
  line(text: string): void {
    this.#line += 1
    const value = this.#parsed(text)
    if (this.#head === null && typeof value.head !== 'string') throw this.#fault('expected the head of an export')
    if (typeof value.head === 'string') this.#newHead(value.head)
    else if (typeof value.hash === 'string') this.#record(value.hash, value.record as unknown as LoggedRecord)
    else if (typeof value.checkpoint === 'string') this.#checkpoint(value.checkpoint)
    else if (typeof value.cut === 'string') this.#cut(value.cut, text)
    else throw this.#fault('expected a head, a record, a checkpoint or a cut')
  }

  /** `ended`: whether the file ends with LF. */
  end(ended: boolean): VerifiedExport {
    if (this.#head === null) throw this.#fault('expected the head of an export')
    if (!ended) throw this.#fault('expected a line feed at the end')
    this.#complete()
    const logs = [...this.#logs].map(([log, { frontier }]) => ({
      log,
      from: this.#from.get(log) ?? 0,
      size: frontier.size,
    }))
    return { records: this.#records, checkpoints: this.#checkpoints, at: this.#head.at, logs }
  }

  /** Whether a log's tree, as far as it was read, is the checkpoint's. */
  matches({ origin, size, root }: Checkpoint): boolean {
    const state = this.#logs.get(logOf(origin))
    return state !== undefined && state.frontier.size === size && sameHash(state.frontier.root(), root)
  }

  #parsed(text: string): Readonly<Record<string, Json>> {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw this.#fault('expected JSON')
    }
    if (typeof value !== 'object' || value === null || canonicalJson(value as Json) !== text)
      throw this.#fault('expected canonical JSON of one object')
    return value as Readonly<Record<string, Json>>
  }

  #newHead(note: string): void {
    if (this.#head !== null) this.#complete()
    const head = openHead(note, this.#key)
    if (head === null) throw this.#fault('expected a head signed by this key')
    this.#head = head
  }

  #record(hash: string, record: LoggedRecord): void {
    const text = canonicalJson(record as unknown as Json)
    const leaf = leafHash(text)
    const at = this.#next
    const named = this.#logs.get(record?.log)?.frontier.size
    if (Buffer.from(leaf).toString('base64') !== hash)
      throw this.#fault(
        'the record is not what its hash says',
        named === undefined ? at : { log: record.log, index: named },
      )
    const state = this.#state(record.log)
    const { frontier } = state
    if (record.index !== frontier.size)
      throw this.#fault(`expected record ${frontier.size} of log ${record.log}, found ${record.index}`, {
        log: record.log,
        index: frontier.size,
      })
    if (!(record.recordedAt >= state.recordedAt))
      throw this.#fault('the record is dated before what precedes it', record)
    state.recordedAt = record.recordedAt
    frontier.append(leaf)
    this.#records += 1
  }

  #checkpoint(note: string): void {
    const told = openCheckpoint(note, this.#key)
    if (told === null) throw this.#fault('expected a checkpoint signed by this key')
    const log = logOf(told.origin)
    const state = this.#state(log)
    const first = { log, index: state.proven }
    if (told.size !== state.frontier.size)
      throw this.#fault(`the checkpoint is of ${told.size} records, found ${state.frontier.size}`, {
        log,
        index: Math.min(told.size, state.frontier.size),
      })
    if (!sameHash(told.root, state.frontier.root()))
      throw this.#fault(`records ${state.proven} to ${told.size - 1} are not those of the checkpoint`, first)
    state.proven = told.size
    this.#checkpoints += 1
  }

  #cut(note: string, line: string): void {
    const told = openCheckpoint(note, this.#key)
    if (told === null || !told.isCut) throw this.#fault('expected a cut signed by this key')
    const log = logOf(told.origin)
    if (this.#logs.has(log)) throw this.#fault('expected a cut before the first record of its log')
    const roots = (JSON.parse(line).frontier as string[]).map((root) => Buffer.from(root, 'base64'))
    if (cutLine({ note, frontier: roots }) !== line) throw this.#fault('expected a frontier in base64')
    const frontier = this.#frontier(told.size, roots)
    if (!sameHash(frontier.root(), told.root)) throw this.#fault('the frontier is not that of the cut')
    this.#from.set(log, told.size)
    this.#logs.set(log, { frontier, proven: told.size, recordedAt: 0 })
  }

  #frontier(size: number, roots: readonly Uint8Array[]): Frontier {
    try {
      return Frontier.of(size, roots)
    } catch {
      throw this.#fault('the frontier is not that of the cut')
    }
  }

  #complete(): void {
    for (const { origin, size, root } of this.#head?.logs ?? []) {
      const state = this.#state(logOf(origin))
      const index = Math.min(state.frontier.size, size)
      if (state.frontier.size !== size || state.proven !== size)
        throw this.#fault(`expected ${size} records of log ${logOf(origin)}, proven are ${state.proven}`, {
          log: logOf(origin),
          index: Math.min(index, state.proven),
        })
      if (!sameHash(state.frontier.root(), root)) throw this.#fault('the log is not what the head says')
    }
    const named = new Set(this.#head?.logs.map(({ origin }) => logOf(origin)))
    for (const log of this.#logs.keys()) if (!named.has(log)) throw this.#fault(`the head does not name log ${log}`)
  }

  /** The record that would come next in the log that is being read. */
  get #next(): ExportFault['record'] {
    const last = [...this.#logs].at(-1)
    if (last !== undefined) return { log: last[0], index: last[1].frontier.size }
    const first = this.#head?.logs[0]
    return first === undefined ? null : { log: logOf(first.origin), index: 0 }
  }

  #state(log: number): LogState {
    const known = this.#logs.get(log)
    if (known !== undefined) return known
    if (!Number.isSafeInteger(log)) throw this.#fault('expected the number of a log')
    const state = { frontier: Frontier.empty(), proven: 0, recordedAt: 0 }
    this.#logs.set(log, state)
    return state
  }

  #fault(what: string, record: ExportFault['record'] = this.#next): ExportFault {
    return new ExportFault(
      what,
      Math.max(this.#line, 1),
      record === null ? null : { log: record.log, index: record.index },
    )
  }
}
