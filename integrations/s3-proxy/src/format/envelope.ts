import { randomBytes } from 'node:crypto'
import { aead, DecryptionError, hkdf, Secret } from '@hufu/crypto'
import { lengthPrefixed, readSize, writeSize } from './binary.ts'
import { type ObjectKey, objectKey } from './object-key.ts'
import { ONE_NONCE, type Suite, suiteNumbered } from './suite.ts'

/** Where an object lives: what its envelope is bound to. */
export interface ObjectName {
  readonly bucket: string
  readonly key: string
}

/** A bucket key in use: its secret, and what lets anybody allowed get that secret from the KMS again. */
export interface BucketKey extends Disposable {
  /** 16 bytes that name it. */
  readonly epoch: Buffer
  /** The KMS's ciphertext of it, 1 to 1,024 bytes. */
  readonly wrapped: Buffer
  /** ARN of the CMK. */
  readonly cmk: string
  readonly secret: Secret
}

export type Layout = 'whole' | 'parts'

/** The header of a stored object, kept in its user metadata. */
export interface Envelope {
  readonly suite: Suite
  readonly layout: Layout
  /** Plaintext bytes; 0 in layout `parts`. */
  readonly size: number
  readonly epoch: Buffer
  readonly wrappedBucketKey: Buffer
  /** The envelope as it is stored. */
  readonly bytes: Buffer
}

/** The user metadata that holds the envelope. */
export const ENVELOPE_METADATA = 'hufu'

const VERSION = 1
const BUCKET_KEY = 1
const BOUND_SIZE = 60
const FIXED_SIZE = 108
const WRAPPED_KEY_MAX = 1024
const LAYOUTS: readonly Layout[] = ['whole', 'parts']

/** Wraps the object's DEK under the bucket key, for this name and no other. */
export function sealEnvelope(
  key: ObjectKey,
  bucketKey: BucketKey,
  name: ObjectName,
  shape: Pick<Envelope, 'layout' | 'size'>,
): Envelope {
  const bound = Buffer.alloc(BOUND_SIZE)
  bound.set([VERSION, key.suite.number, BUCKET_KEY, LAYOUTS.indexOf(shape.layout) + 1])
  writeSize(bound, shape.size, 4)
  bound.set(key.objectId, 12)
  bound.set(randomBytes(16), 28)
  bound.set(bucketKey.epoch, 44)
  using wrapKey = wrapKeyOf(bucketKey.secret, bound)
  using cipher = aead('AES-256-GCM', wrapKey)
  const wrappedDek = cipher.seal(ONE_NONCE, boundTo(bound, name), key.dek.bytes())
  return readEnvelope(Buffer.concat([bound, wrappedDek, bucketKey.wrapped]))
}

/** The object's key. Throws `DecryptionError` when the envelope is not that of this name under this bucket key. */
export function openEnvelope(envelope: Envelope, secret: Secret, name: ObjectName): ObjectKey {
  const { bytes, suite } = envelope
  const bound = bytes.subarray(0, BOUND_SIZE)
  using wrapKey = wrapKeyOf(secret, bound)
  using cipher = aead('AES-256-GCM', wrapKey)
  const dek = cipher.open(ONE_NONCE, boundTo(bound, name), bytes.subarray(BOUND_SIZE, FIXED_SIZE))
  return objectKey(suite, Buffer.from(bound.subarray(12, 28)), Secret.take(dek))
}

export const encodeEnvelope = (envelope: Envelope): string => envelope.bytes.toString('base64url')

/** Throws `DecryptionError` on anything malformed. */
export const decodeEnvelope = (text: string): Envelope => readEnvelope(Buffer.from(text, 'base64url'))

/** Reads the fields, none of which is proven before `openEnvelope`. Throws `DecryptionError`. */
export function readEnvelope(bytes: Buffer): Envelope {
  const keySize = bytes.length - FIXED_SIZE
  if (keySize < 1 || keySize > WRAPPED_KEY_MAX || bytes[0] !== VERSION || bytes[2] !== BUCKET_KEY)
    throw new DecryptionError()
  const layout = LAYOUTS[bytes.readUInt8(3) - 1]
  const size = readSize(bytes, 4)
  if (layout === undefined || (layout === 'parts' && size !== 0)) throw new DecryptionError()
  return {
    suite: suiteNumbered(bytes.readUInt8(1)),
    layout,
    size,
    epoch: bytes.subarray(44, 60),
    wrappedBucketKey: bytes.subarray(FIXED_SIZE),
    bytes,
  }
}

const wrapKeyOf = (bucketKey: Secret, bound: Buffer): Secret =>
  hkdf('sha256', bucketKey, bound.subarray(28, 44), Buffer.from('hufu/object/wrap'), 32)

const boundTo = (bound: Buffer, { bucket, key }: ObjectName): Buffer =>
  Buffer.concat([Buffer.from('hufu/object/envelope'), bound, lengthPrefixed(bucket), lengthPrefixed(key)])
