import { type Chunks, DecryptionError, openedSize, parseHeader, splitHeader } from '@hufu/crypto'
import type { DataKeys } from '../keys/data-keys.ts'
import { type RewrapOptions, rewrap } from '../rewrap.ts'
import { BEGUN, begun } from './begun.ts'

/** A message in memory with other recipients. */
export async function rewrapBytes(dataKeys: DataKeys, sealed: Uint8Array, options: RewrapOptions): Promise<Uint8Array> {
  const header = parseHeader(sealed)
  if (openedSize(header.bytes.length, sealed.length, header.segmentSize) === null)
    throw new DecryptionError({ detail: 'the length is none that a message can have' })
  const { bytes } = await rewrap(dataKeys, header, options)
  return Buffer.concat([bytes, sealed.subarray(header.bytes.length)])
}

/** A message that comes as a stream, with other recipients. Its payload is passed on, not looked at. */
export async function rewrapChunks(
  dataKeys: DataKeys,
  source: Chunks,
  options: RewrapOptions,
): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  const { header, payload, close } = await splitHeader(source)
  try {
    return await begun(joined((await rewrap(dataKeys, header, options)).bytes, payload, close))
  } catch (error) {
    await close()
    throw error
  }
}

async function* joined(header: Uint8Array, payload: Chunks, close: () => Promise<void>) {
  try {
    yield BEGUN
    yield header
    yield* payload
  } finally {
    await close()
  }
}
