import type { S3Client } from '@aws-sdk/client-s3'
import { DecryptionError, HEAD_SIZE, type Header, headerSize, openedSize, parseHead, parseHeader } from '@hufu/crypto'
import { haveSameKeys, withoutStrangers } from '../recipients.ts'
import type { StoredObject } from '../stored-object.ts'
import { type ObjectFront, readFront, tagsOf } from './object-front.ts'
import type { S3ObjectName } from './object-name.ts'
import { replaceFront } from './replace-front.ts'

export interface SealedObjectOptions {
  /** Bytes that the endpoint copies in one request, at least 5 MiB; 1 GiB unless told. */
  readonly copyStep?: number
}

/** Enough for the header of a few recipients. */
const PROBE = 65_536
/** What is written anew of a large object. Less the old header it must not be below 5 MiB, S3's least part. */
const FRONT = 8 * 2 ** 20
const COPY_STEP = 2 ** 30

/**
 * A sealed message that is an object of an S3 endpoint. To give it other recipients its first 8 MiB are written anew;
 * the rest is copied within the endpoint. Content headers, metadata, tags and storage class stay; ACLs and locks do not.
 */
export function sealedObject(
  client: S3Client,
  name: S3ObjectName,
  { copyStep = COPY_STEP }: SealedObjectOptions = {},
): StoredObject {
  return {
    async rewrap(newHeader, { signal, onProgress, ...options }) {
      const probe = await readFront(client, name, PROBE, undefined, signal)
      const old = probe.bytes.length < sizeOfHeader(probe) ? await frontOf(client, name, probe, signal) : probe
      const header = headerOf(old)
      const change = withoutStrangers(header, options)
      if (change === null) return false
      const replaced = await newHeader(header, { ...change, signal })
      if (haveSameKeys(replaced, header)) return false
      const whole = await frontOf(client, name, old, signal)
      const front = Buffer.concat([replaced.bytes, whole.bytes.subarray(header.bytes.length)])
      const properties = { ...whole.properties, ...(await tagsOf(client, name)) }
      await replaceFront(client, name, { front, old: { ...whole, properties }, step: copyStep, signal, onProgress })
      return true
    },
  }
}

async function frontOf(
  client: S3Client,
  name: S3ObjectName,
  known: ObjectFront,
  signal: AbortSignal | undefined,
): Promise<ObjectFront> {
  if (known.bytes.length >= Math.min(known.size, FRONT)) return known
  return readFront(client, name, FRONT, known.etag, signal)
}

const sizeOfHeader = ({ bytes, size }: ObjectFront): number =>
  bytes.length < HEAD_SIZE ? 0 : Math.min(headerSize(parseHead(bytes)), size)

function headerOf({ bytes, size }: ObjectFront): Header {
  const header = parseHeader(bytes)
  if (openedSize(header.bytes.length, size, header.segmentSize) === null)
    throw new DecryptionError({ detail: 'the length is none that a message can have' })
  return header
}
