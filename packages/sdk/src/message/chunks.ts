import { type Chunks, openStream, type SplitMessage, sealStream, splitHeader } from '@hufu/crypto'
import type { Sharing } from '../data.ts'
import type { DataKeys } from '../keys/data-keys.ts'
import { type Opening, type OpenOptions, open } from '../open.ts'
import { type Sealing, type SealOptions, seal } from '../seal.ts'
import { BEGUN, begun } from './begun.ts'

type Stream = AsyncGenerator<Uint8Array, void, undefined>

/**
 * Seals a stream, whose size is not known: resolves once there is a key, and then seals what is asked for. `close` ends the
 * source, wherever the reader stopped.
 */
export async function sealChunks(
  dataKeys: DataKeys,
  source: Chunks,
  options: SealOptions & Sharing,
  close: () => Promise<void>,
): Promise<Stream> {
  return begun(sealed(await seal(dataKeys, options, 0), source, options, close))
}

/** Opens a stream: resolves once its header is proven, and then opens what is asked for. */
export async function openChunks(dataKeys: DataKeys, source: Chunks, options: OpenOptions & Sharing): Promise<Stream> {
  const message = await splitHeader(source)
  try {
    return await begun(opened(await open(dataKeys, message.header, options), message, options))
  } catch (error) {
    await message.close()
    throw error
  }
}

async function* sealed(message: Sealing, source: Chunks, sharing: Sharing, close: () => Promise<void>): Stream {
  using own = message
  try {
    yield BEGUN
    yield own.header.bytes
    yield* sealStream(own.payload, source, cipherOptions(sharing))
  } finally {
    await close()
  }
}

async function* opened(message: Opening, { payload, close }: SplitMessage, sharing: Sharing): Stream {
  using own = message
  try {
    yield BEGUN
    yield* openStream(own.payload, payload, cipherOptions(sharing))
  } finally {
    await close()
  }
}

const cipherOptions = ({ parallel = false, reuse = false }: Sharing) => ({ parallel, reuse })
