import { createHmac, timingSafeEqual } from 'node:crypto'
import { DecryptionError, hkdf } from '@hufu/crypto'
import { type ChecksumAlgorithm, type ChecksumType, checksumNumber, checksumNumbered } from '../checksum/checksum.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import type { ObjectKey } from './object-key.ts'

/** An upload's state, carried by its id. Nothing of it is proven before `checkUploadId`. */
export interface UploadState {
  /** The backend's own id. */
  readonly backendId: string
  readonly envelope: Envelope
  /** What the client asked for at the start. */
  readonly algorithm: ChecksumAlgorithm | null
  readonly type: ChecksumType | null
}

const TYPES: readonly (ChecksumType | null)[] = [null, 'FULL_OBJECT', 'COMPOSITE']
const TAG_BYTES = 16

export function writeUploadId(key: ObjectKey, upload: UploadState): string {
  const state = Buffer.concat([
    Buffer.of(checksumNumber(upload.algorithm), TYPES.indexOf(upload.type)),
    upload.envelope.bytes,
  ])
  const parts = [Buffer.from(upload.backendId), state, tagOf(key, upload.backendId, state)]
  return parts.map((part) => part.toString('base64url')).join('.')
}

/** Throws `DecryptionError` on anything malformed. */
export function readUploadId(id: string): UploadState {
  const [backend, state] = fields(id)
  const type = TYPES[state.readUInt8(1)]
  if (type === undefined) throw new DecryptionError()
  return {
    backendId: backend.toString(),
    envelope: readEnvelope(state.subarray(2)),
    algorithm: checksumNumbered(state.readUInt8(0)),
    type,
  }
}

/** Throws `DecryptionError` unless the id was written under this object's key. */
export function checkUploadId(key: ObjectKey, id: string): void {
  const [backend, state, tag] = fields(id)
  const expected = tagOf(key, backend.toString(), state)
  if (tag.length !== expected.length || !timingSafeEqual(tag, expected)) throw new DecryptionError()
}

function fields(id: string): readonly [Buffer, Buffer, Buffer] {
  const [backend, state, tag, more] = id.split('.').map((part) => Buffer.from(part, 'base64url'))
  if (backend === undefined || state === undefined || state.length < 2 || tag === undefined || more !== undefined)
    throw new DecryptionError()
  return [backend, state, tag]
}

function tagOf(key: ObjectKey, backendId: string, state: Buffer): Buffer {
  using uploadKey = hkdf('sha256', key.dek, key.objectId, Buffer.from('hufu/object/upload'), 32)
  const hmac = createHmac('sha256', uploadKey.bytes()).update(backendId).update('\0').update(state)
  return hmac.digest().subarray(0, TAG_BYTES)
}
