import { type AeadAlgorithm, NONCE_SIZE, TAG_SIZE } from '@hufu/crypto'
import type { KeySpec } from '@hufu/wire'
import { keyIdBytes, keyIdOf, MULTI_REGION_PREFIX } from './key-id-bytes.ts'

/** A ciphertext blob by its fields (docs/formats/ciphertext-blob.md). */
export interface Blob {
  readonly algorithm: AeadAlgorithm
  readonly keyId: string
  readonly keyVersion: number
  readonly nonce: Uint8Array
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array
}

export type BlobHeader = Pick<Blob, 'algorithm' | 'keyId' | 'keyVersion'>

const MAGIC = Buffer.from('HFKB')
const FORMAT_VERSION = 1
export const HEADER_SIZE = 26
export const BLOB_OVERHEAD = HEADER_SIZE + NONCE_SIZE + TAG_SIZE

const algorithmIds: Record<AeadAlgorithm, number> = { 'AES-256-GCM': 1, 'SM4-GCM': 2 }
/** Added for a multi-Region key. */
const MULTI_REGION = 2

/** The symmetric specs and their cipher; null for a key that makes no blobs. */
export const blobAlgorithm = (spec: KeySpec): AeadAlgorithm | null =>
  spec === 'AES_256' ? 'AES-256-GCM' : spec === 'SM4' ? 'SM4-GCM' : null

/** Magic to key version: the bytes that the associated data begins with. */
export function blobHeader({ algorithm, keyId, keyVersion }: BlobHeader): Buffer {
  const header = Buffer.alloc(HEADER_SIZE)
  MAGIC.copy(header)
  header[4] = FORMAT_VERSION
  const multiRegion = keyId.startsWith(MULTI_REGION_PREFIX)
  header[5] = algorithmIds[algorithm] + (multiRegion ? MULTI_REGION : 0)
  keyIdBytes(keyId).copy(header, 6)
  header.writeUInt32BE(keyVersion, 22)
  return header
}

export const encodeBlob = (header: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array => {
  const blob = new Uint8Array(HEADER_SIZE + NONCE_SIZE + sealed.length)
  blob.set(header, 0)
  blob.set(nonce, HEADER_SIZE)
  blob.set(sealed, HEADER_SIZE + NONCE_SIZE)
  return blob
}

/** Null for everything that is not a blob. */
export function decodeBlob(bytes: Uint8Array): Blob | null {
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const algorithm = algorithmOf(blob[5])
  if (
    bytes.length <= BLOB_OVERHEAD ||
    !blob.subarray(0, 4).equals(MAGIC) ||
    blob[4] !== FORMAT_VERSION ||
    algorithm === null
  )
    return null
  return {
    algorithm,
    keyId: keyIdOf(blob.toString('hex', 6, 22), (blob[5] ?? 0) > MULTI_REGION),
    keyVersion: blob.readUInt32BE(22),
    nonce: bytes.subarray(HEADER_SIZE, HEADER_SIZE + NONCE_SIZE),
    sealed: bytes.subarray(HEADER_SIZE + NONCE_SIZE),
  }
}

const algorithmOf = (id: number | undefined): AeadAlgorithm | null =>
  id === 1 || id === 3 ? 'AES-256-GCM' : id === 2 || id === 4 ? 'SM4-GCM' : null
