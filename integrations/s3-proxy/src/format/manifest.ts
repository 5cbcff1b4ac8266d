import { randomBytes } from 'node:crypto'
import { DecryptionError, TAG_SIZE } from '@hufu/crypto'
import { type Checksum, type ChecksumType, readChecksum, writeChecksum } from '../checksum/checksum.ts'
import { asBuffer, expectZero } from './binary.ts'
import { type ManifestEntry, readEntry, writeEntry } from './manifest-entry.ts'
import type { ObjectKey } from './object-key.ts'
import { MANIFEST_ENTRY_SIZE, MANIFEST_HEAD_SIZE, manifestSize, storedSize, TRAILER_SIZE, tailSizeMax } from './size.ts'
import { ONE_NONCE, objectAead } from './suite.ts'
import { readTrailer, writeTrailer } from './trailer.ts'

/** What an object consists of; authentic once opened. */
export interface Manifest {
  /** Ascending by number; at least one. */
  readonly parts: readonly ManifestEntry[]
  /** Of the whole object. */
  readonly checksum: Checksum | null
  readonly checksumType: ChecksumType | null
}

const CHECKSUM_TYPES: readonly ChecksumType[] = ['FULL_OBJECT', 'COMPOSITE']

export const objectSize = (manifest: Manifest): number => manifest.parts.reduce((sum, part) => sum + part.size, 0)

/** Sealed manifest and trailer: the end of a stored object. */
export function sealTail(key: ObjectKey, manifest: Manifest): Buffer {
  const size = manifestSize(manifest.parts.map((part) => part.size))
  const plaintext = Buffer.alloc(size - TAG_SIZE)
  plaintext.writeUInt32BE(manifest.parts.length, 0)
  plaintext[4] = writeChecksum(manifest.checksum, plaintext.subarray(16, 48))
  plaintext[5] = manifest.checksumType === null ? 0 : CHECKSUM_TYPES.indexOf(manifest.checksumType) + 1
  manifest.parts.forEach((part, i) => {
    plaintext.set(writeEntry(part), MANIFEST_HEAD_SIZE + i * MANIFEST_ENTRY_SIZE)
  })
  const trailer = writeTrailer({
    suite: key.suite,
    size: objectSize(manifest),
    objectId: key.objectId,
    manifestSalt: randomBytes(16),
    parts: manifest.parts.length,
    manifestSize: size,
  })
  using aead = objectAead(key.suite, key.dek, 'manifest', trailer.subarray(32, 48), key.objectId)
  return Buffer.concat([aead.seal(ONE_NONCE, trailer, plaintext), trailer])
}

/** Bytes of manifest and trailer together, told by the trailer of an object of so many stored bytes. */
export function tailSize(trailerBytes: Buffer, stored: number): number {
  const trailer = readTrailer(trailerBytes)
  const size = TRAILER_SIZE + trailer.manifestSize
  if (storedSize(trailer.size) !== stored || size > tailSizeMax(trailer.size)) throw new DecryptionError()
  return size
}

/**
 * Opens the manifest from the end of a stored object. `tail` ends with the trailer and starts with the manifest.
 * Throws `DecryptionError`.
 */
export function openTail(key: ObjectKey, tail: Uint8Array): Manifest {
  const bytes = asBuffer(tail)
  if (bytes.length < TRAILER_SIZE + MANIFEST_HEAD_SIZE + TAG_SIZE) throw new DecryptionError()
  const trailerBytes = bytes.subarray(bytes.length - TRAILER_SIZE)
  const trailer = readTrailer(trailerBytes)
  if (trailer.suite !== key.suite || !asBuffer(trailer.objectId).equals(key.objectId)) throw new DecryptionError()
  using aead = objectAead(key.suite, key.dek, 'manifest', trailer.manifestSalt, key.objectId)
  const sealed = bytes.subarray(0, bytes.length - TRAILER_SIZE)
  const manifest = readManifest(asBuffer(aead.open(ONE_NONCE, trailerBytes, sealed)), trailer.parts)
  if (objectSize(manifest) !== trailer.size) throw new DecryptionError()
  return manifest
}

function readManifest(plaintext: Buffer, count: number): Manifest {
  const end = MANIFEST_HEAD_SIZE + count * MANIFEST_ENTRY_SIZE
  const type = plaintext.readUInt8(5)
  if (plaintext.readUInt32BE(0) !== count || plaintext.length < end || type > CHECKSUM_TYPES.length)
    throw new DecryptionError()
  expectZero(plaintext.subarray(6, 16))
  expectZero(plaintext.subarray(48, MANIFEST_HEAD_SIZE))
  expectZero(plaintext.subarray(end))
  const parts: ManifestEntry[] = []
  for (let at = MANIFEST_HEAD_SIZE; at < end; at += MANIFEST_ENTRY_SIZE)
    parts.push(readEntry(plaintext.subarray(at, at + MANIFEST_ENTRY_SIZE)))
  return {
    parts,
    checksum: readChecksum(plaintext.readUInt8(4), plaintext.subarray(16, 48)),
    checksumType: CHECKSUM_TYPES[type - 1] ?? null,
  }
}
