import { DecryptionError } from '@hufu/crypto'
import { S3Error } from '../error.ts'
import { asBuffer } from '../format/binary.ts'
import type { Envelope, ObjectName } from '../format/envelope.ts'
import { type Manifest, openTail } from '../format/manifest.ts'
import type { ObjectKey } from '../format/object-key.ts'
import type { KeyUser } from '../keys/bucket-keys.ts'
import type { ProxyContext } from '../proxy-context.ts'
import type { Body, ObjectInfo, OpenedObject } from '../store/object-store.ts'
import type { Gather } from '../stream/gather.ts'
import { openSteps } from '../stream/open-steps.ts'
import { type PlannedPart, type ReadPlan, readPlan, type Span, wholeGuess } from '../stream/read-plan.ts'
import { type ByteRange, resolveRange } from './byte-range.ts'
import { loadManifest } from './load-manifest.ts'
import { envelopeOf, keyOf, sizeOf } from './stored-object.ts'

export interface ReadOptions {
  readonly range: ByteRange | null
  /** The state that was looked up before, where one was. */
  readonly known: ObjectInfo | null
  /** Whether the manifest is wanted although the bytes could be read without it. */
  readonly manifest: boolean
}

export interface ReadObject {
  readonly info: ObjectInfo
  /** Plaintext bytes of the whole object. */
  readonly size: number
  /** The plaintext bytes that `body` gives; null when that is the whole. */
  readonly span: Span | null
  readonly cmk: string
  readonly manifest: Manifest | null
  readonly body: Body
  /** Frees everything; needed when the body is not iterated. */
  close(): void
}

/** Opens an object to read a range of its plaintext, or all of it. Every byte of `body` is authentic when it is given. */
export async function readObject(
  proxy: ProxyContext,
  user: KeyUser,
  name: ObjectName,
  options: ReadOptions,
): Promise<ReadObject> {
  const guess = guessOf(options)
  const opened = await proxy.store.open(name, {
    ...(guess === null ? {} : { range: guess }),
    ...(options.known === null ? {} : { ifMatch: options.known.etag }),
  })
  try {
    return await read(proxy, user, name, options, opened)
  } catch (error) {
    opened.close()
    throw error
  }
}

/** Where the bytes lie if the object was written whole, which one request then reads. */
function guessOf({ range, known }: ReadOptions) {
  if (range === null) return null
  if (!('suffix' in range)) return wholeGuess(range.first, range.last)
  if (known === null) throw new TypeError('expected the size to be looked up for the last bytes of an object')
  const span = resolveRange(range, sizeOf(known, envelopeOf(known)))
  return span === null ? null : wholeGuess(span.start, null)
}

async function read(
  proxy: ProxyContext,
  user: KeyUser,
  name: ObjectName,
  { range, manifest: wanted }: ReadOptions,
  opened: OpenedObject,
): Promise<ReadObject> {
  const { info } = opened
  const envelope = envelopeOf(info)
  const size = sizeOf(info, envelope)
  const span = range === null ? null : resolveRange(range, size)
  if (range !== null && span === null)
    throw new S3Error('InvalidRange', `expected a range that starts within the ${size} bytes of the object`)
  const { key, cmk } = await keyOf(proxy, user, name, envelope)
  const needed = wanted || envelope.layout === 'parts'
  const manifest = needed ? await loadManifest(proxy, name, info, key, size) : null
  const source = { proxy, name, key, envelope, size, manifest, opened }
  return { info, size, span, cmk, manifest, ...(await plaintext(source, span)) }
}

interface Source {
  readonly proxy: ProxyContext
  readonly name: ObjectName
  readonly key: ObjectKey
  readonly envelope: Envelope
  readonly size: number
  readonly manifest: Manifest | null
  readonly opened: OpenedObject
}

async function plaintext(source: Source, span: Span | null): Promise<Pick<ReadObject, 'body' | 'close'>> {
  const { key, size, manifest } = source
  const parts: readonly PlannedPart[] = manifest?.parts ?? [{ salt: key.objectId, size }]
  const plan = readPlan(parts, span ?? { start: 0, end: size })
  const opened = await openedAt(source, plan, span)
  const body = openSteps(key, plan.steps, opened.body, (rest) =>
    span === null ? checkTail(key, parts, rest, opened.info.size - plan.end) : Promise.resolve(),
  )
  return { body: withKey(key, body), close: () => opened.close() }
}

/** What is open already, where it holds what the plan reads; a guess at a range of an object in parts does not. */
async function openedAt({ proxy, name, opened, envelope }: Source, plan: ReadPlan, span: Span | null) {
  if (span === null || envelope.layout === 'whole') return opened
  opened.close()
  return proxy.store.open(name, { range: { start: plan.start, end: plan.end }, ifMatch: opened.info.etag })
}

/** So that every stored byte of an object read whole is proven before its last byte is given. */
async function checkTail(key: ObjectKey, parts: readonly PlannedPart[], rest: Gather, tailSize: number): Promise<void> {
  const manifest = openTail(key, await rest.take(tailSize, Buffer.allocUnsafe(tailSize)))
  const same = manifest.parts.every((part, i) => {
    const read = parts[i]
    return read?.size === part.size && asBuffer(read.salt).equals(part.salt)
  })
  if (!same || manifest.parts.length !== parts.length) throw new DecryptionError()
}

async function* withKey(key: ObjectKey, body: Body): Body {
  using _ = key
  yield* body
}
