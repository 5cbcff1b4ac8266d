import {
  canonicalJson,
  checkConsistency,
  checkInclusion,
  consistencyPath,
  inclusionPath,
  leafHash,
  logOf,
  type NoteKey,
  openCheckpoint,
} from '@hufu/kms/audit'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { readLines } from './read-lines.ts'

const path = z.array(z.base64())
const proof = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('inclusion'),
    record: z.looseObject({}),
    index: z.int().min(0),
    path,
    checkpoint: z.string(),
  }),
  z.strictObject({ kind: z.literal('consistency'), from: z.string(), path, checkpoint: z.string() }),
])

export type Proof = z.infer<typeof proof>

const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64')
const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64')

/** What a proof proves. Throws `CliError` `notAuthentic`. */
export function checkProof(text: string, key: NoteKey): Readonly<Record<string, unknown>> {
  const parsed = proof.safeParse(json(text))
  if (!parsed.success) throw refused('expected a proof')
  const { data } = parsed
  const head = openCheckpoint(data.checkpoint, key)
  if (head === null) throw refused('expected a checkpoint signed by this key')
  const hashes = data.path.map(bytes)
  if (data.kind === 'inclusion') {
    const leaf = leafHash(canonicalJson(data.record as Parameters<typeof canonicalJson>[0]))
    if (!checkInclusion(leaf, data.index, head.size, hashes, head.root))
      throw refused('the log does not have this record there')
    return { kind: data.kind, log: logOf(head.origin), index: data.index, size: head.size }
  }
  const from = openCheckpoint(data.from, key)
  if (from === null || from.origin !== head.origin) throw refused('expected an older checkpoint signed by this key')
  if (!checkConsistency(from, head, hashes)) throw refused('the newer log does not begin with the older one')
  return { kind: data.kind, log: logOf(head.origin), from: from.size, size: head.size }
}

export interface ProofRequest {
  readonly log: number
  readonly index?: number
  /** The size of the older checkpoint. */
  readonly from?: number
}

/** Makes a proof from an export, which must have the log from its first record on. */
export async function makeProof(file: string, { log, index, from }: ProofRequest, key: NoteKey): Promise<Proof> {
  const leaves: Uint8Array[] = []
  const notes = new Map<number, string>()
  let record: Record<string, unknown> | null = null
  await readLines(file, (line) => {
    const value = json(line) as { record?: { log: number; index: number }; checkpoint?: string }
    if (value.record?.log === log) {
      leaves.push(leafHash(canonicalJson(value.record)))
      if (value.record.index === index) record = value.record
      if (value.record.index !== leaves.length - 1) throw wrong(`log ${log} is not whole in ${file}`)
    }
    const head = value.checkpoint === undefined ? null : openCheckpoint(value.checkpoint, key)
    if (head !== null && logOf(head.origin) === log) notes.set(head.size, value.checkpoint ?? '')
  })
  const checkpoint = notes.get(leaves.length)
  if (checkpoint === undefined) throw wrong(`expected log ${log} to end with its checkpoint`)
  if (index !== undefined) {
    if (record === null) throw wrong(`expected a record from 0 to ${leaves.length - 1}, received ${index}`)
    return { kind: 'inclusion', record, index, path: inclusionPath(leaves, index).map(base64), checkpoint }
  }
  const older = notes.get(from ?? 0)
  if (from === undefined || older === undefined)
    throw wrong(`expected the size of a checkpoint: ${[...notes.keys()].join(', ')}`)
  return { kind: 'consistency', from: older, path: consistencyPath(leaves, from).map(base64), checkpoint }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refused('expected JSON')
  }
}

const refused = (message: string): CliError =>
  new CliError(exitCode.notAuthentic, message, 'make the proof again from a verified export: hufu audit prove')

const wrong = (message: string): CliError =>
  new CliError(exitCode.usage, message, 'verify the export first: hufu audit verify')
