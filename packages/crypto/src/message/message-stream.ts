import { DecryptionError } from '../decryption-error.ts'
import type { Secret } from '../secret.ts'
import { type ByteSource, sourceFrom } from '../stream/byte-source.ts'
import type { Chunks } from '../stream/chunks.ts'
import { SegmentReader } from '../stream/segment-reader.ts'
import { openStream, type StreamOptions, sealStream } from '../stream/segment-stream.ts'
import { HEAD_SIZE, headerSize, parseHead } from './head.ts'
import { type Header, type HeaderOptions, parseHeader, type WrittenHeader, writeHeader } from './header.ts'
import { splitHeader } from './header-stream.ts'
import type { PayloadKey } from './message-keys.ts'

/**
 * How the payload's key is had from a header that was read: check its context, unwrap the data key with its
 * recipients, `verifyHeader`. What it throws passes through.
 */
export type Unlock = (header: Header) => PayloadKey | Promise<PayloadKey>

/** Seals a stream to a message: the header, then the payload as it is asked for. */
export function sealMessageStream(
  dataKey: Secret,
  options: HeaderOptions,
  source: Chunks,
  stream: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return written(writeHeader(dataKey, options), source, stream)
}

/** Opens a message that comes as a stream. As `openStream`; nothing is read behind the header before it is unlocked. */
export async function* openMessageStream(
  source: Chunks,
  unlock: Unlock,
  stream: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const message = await splitHeader(source)
  try {
    using key = await unlock(message.header)
    yield* openStream(key, message.payload, stream)
  } finally {
    await message.close()
  }
}

async function* written(
  { header, payload }: WrittenHeader,
  source: Chunks,
  stream: StreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  using key = payload
  yield header.bytes
  yield* sealStream(key, source, stream)
}

/** The header of a stored message. Throws `DecryptionError`. */
export async function readHeader(source: ByteSource): Promise<Header> {
  const size = headerSize(parseHead(await source.read(0, HEAD_SIZE)))
  if (size > source.size)
    throw new DecryptionError({ detail: `a header of ${size} bytes is claimed by a shorter file` })
  return parseHeader(await source.read(0, size))
}

/** Reads a stored message anywhere. The payload's key is the caller's, who disposes it after the last read. */
export const openMessageReader = (key: PayloadKey, header: Header, source: ByteSource): Promise<SegmentReader> =>
  SegmentReader.open(key, sourceFrom(source, header.bytes.length))
