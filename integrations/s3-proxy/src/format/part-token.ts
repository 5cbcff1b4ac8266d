import { DecryptionError } from '@hufu/crypto'
import { asBuffer, expectZero } from './binary.ts'
import { type ManifestEntry, readEntry, writeEntry } from './manifest-entry.ts'
import type { ObjectKey } from './object-key.ts'
import { MANIFEST_ENTRY_SIZE } from './size.ts'
import { ONE_NONCE, objectAead } from './suite.ts'

/** What the client brings back at Complete, so that no database has to remember a part. */
export interface PartToken {
  readonly entry: ManifestEntry
  /** Kept beside the upload, because the backend would take it as a last part only. */
  readonly staged: boolean
}

const SALT_AT = 16
const SALT_END = 32

export function sealPartToken(key: ObjectKey, { entry, staged }: PartToken): string {
  const bytes = writeEntry(entry)
  const plaintext = Buffer.concat([bytes.subarray(0, SALT_AT), bytes.subarray(SALT_END), Buffer.of(staged ? 1 : 0)])
  using aead = objectAead(key.suite, key.dek, 'token', entry.salt, key.objectId)
  const sealed = aead.seal(ONE_NONCE, numberBytes(entry.number), plaintext)
  return Buffer.concat([entry.salt, sealed]).toString('base64url')
}

/** Throws `DecryptionError` unless it is a token that this upload gave out for this part number. */
export function openPartToken(key: ObjectKey, number: number, token: string): PartToken {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== MANIFEST_ENTRY_SIZE + 1 + 16) throw new DecryptionError()
  const salt = bytes.subarray(0, 16)
  using aead = objectAead(key.suite, key.dek, 'token', salt, key.objectId)
  const plaintext = asBuffer(aead.open(ONE_NONCE, numberBytes(number), bytes.subarray(16)))
  const entry = Buffer.concat([plaintext.subarray(0, SALT_AT), salt, plaintext.subarray(SALT_AT, -1)])
  const staged = plaintext.at(-1) === 1
  if (!staged) expectZero(plaintext.subarray(-1))
  return { entry: readEntry(entry), staged }
}

function numberBytes(number: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(number)
  return bytes
}
