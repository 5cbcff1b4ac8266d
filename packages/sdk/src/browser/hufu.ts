import { joined, utf8 } from './bytes.ts'
import type { Context } from './context.ts'
import { type BrowserRegion, makeDataKey, unwrapDataKey } from './data-key.ts'
import { DecryptionError } from './decryption-error.ts'
import { hasContext, verifyHeader, writeHeader } from './header.ts'
import { splitHeader } from './header-stream.ts'
import { opening, sealing, segmentStream, TAG_SIZE } from './segments.ts'

export interface BrowserHufuOptions {
  /** The key services, the preferred one first. */
  readonly regions: readonly BrowserRegion[]
}

export interface BrowserEncryptOptions {
  /** `REGION:KEY`, or `KEY` where there is one region. */
  readonly keys: readonly string[]
  readonly context: Context
  /** A power of two from 4 KiB to 1 MiB; 64 KiB unless told. */
  readonly segmentSize?: number
}

export type BrowserData = string | Uint8Array | Blob | ReadableStream<Uint8Array>

/** Sealed messages by WebCrypto alone: the AES suite, under any of several keys. Every message asks for its key. */
export class BrowserHufu {
  readonly #regions: readonly BrowserRegion[]

  constructor({ regions }: BrowserHufuOptions) {
    if (regions.length === 0) throw new TypeError('expected at least one region')
    this.#regions = regions
  }

  /** The data, sealed. Throws what the key services throw. */
  async encrypt(data: BrowserData, options: BrowserEncryptOptions): Promise<Uint8Array> {
    return gathered(await this.encryptStream(data, options))
  }

  async encryptStream(data: BrowserData, options: BrowserEncryptOptions): Promise<ReadableStream<Uint8Array>> {
    const { keys, context, segmentSize = 65_536 } = options
    const { plaintext, recipients } = await makeDataKey(this.#regions, keys, context)
    const { header, payload } = await writeHeader(plaintext, { context, recipients, segmentSize }).finally(() =>
      plaintext.fill(0),
    )
    const { readable, writable } = segmentStream(segmentSize, sealing(payload))
    return preceded(header.bytes, streamOf(data).pipeThrough({ readable, writable }))
  }

  /** The plaintext. Throws `DecryptionError` for everything that is not authentic or was sealed with another context. */
  async decrypt(sealed: BrowserData, options: { readonly context: Context }): Promise<Uint8Array> {
    return gathered(await this.decryptStream(sealed, options))
  }

  /** Gives out authentic bytes as they come; that they are whole is known when it ends. */
  async decryptStream(sealed: BrowserData, { context }: { readonly context: Context }) {
    const { header, payload } = await splitHeader(streamOf(sealed))
    if (!hasContext(header, context)) throw new DecryptionError()
    const dataKey = await unwrapDataKey(this.#regions, header)
    const key = await verifyHeader(header, dataKey).finally(() => dataKey.fill(0))
    return payload.pipeThrough(segmentStream(header.segmentSize + TAG_SIZE, opening(key)))
  }
}

function streamOf(data: BrowserData): ReadableStream<Uint8Array> {
  if (data instanceof ReadableStream) return data
  const bytes = typeof data === 'string' ? utf8(data) : data
  return (bytes instanceof Blob ? bytes : new Blob([bytes as Uint8Array<ArrayBuffer>])).stream()
}

function preceded(first: Uint8Array, rest: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(first),
  })
  return rest.pipeThrough({ readable, writable })
}

/** Not by `Response`, which tells a stream's own error as a failed fetch. */
async function gathered(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value)
  return joined(...parts)
}
