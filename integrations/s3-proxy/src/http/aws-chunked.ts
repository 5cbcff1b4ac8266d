import { createHash, type Hash } from 'node:crypto'
import { type SigV4ChunkChain, verifyChunk, verifyTrailer } from '@hufu/wire'
import { S3Error } from '../error.ts'
import type { Body } from '../store/object-store.ts'

export interface ChunkedOptions {
  /** Null when the chunks are not signed. */
  readonly chain: SigV4ChunkChain | null
  /** Whether trailing headers may follow the last chunk. */
  readonly trailer: boolean
}

/** The longest line: chunk size and signature, or a trailing header. */
const LINE_MAX = 4096
const TRAILERS_MAX = 16

/**
 * Decodes a body in `aws-chunked` coding (Amazon S3 API reference, "Authenticating requests: sending an object in
 * chunks"). Data is yielded before its chunk's signature is checked: nothing counts before the end. The trailing
 * headers are put into `trailers`. Throws `SignatureDoesNotMatch`, `IncompleteBody`, `InvalidChunkSizeError`.
 */
export async function* decodeChunks(source: Body, options: ChunkedOptions, trailers: Map<string, string>): Body {
  const decoder = new ChunkDecoder(options, trailers)
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const { used, data } = decoder.push(bytes.subarray(at))
      at += used
      if (data !== null) yield data
    }
  }
  if (!decoder.ended) throw new S3Error('IncompleteBody', 'the body ended before its last chunk')
}

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'ended'

class ChunkDecoder {
  readonly #options: ChunkedOptions
  readonly #trailers: Map<string, string>
  #state: State = 'size'
  #line = ''
  #left = 0
  #signature = ''
  #hash: Hash | null = null
  #trailerLines = ''

  constructor(options: ChunkedOptions, trailers: Map<string, string>) {
    this.#options = options
    this.#trailers = trailers
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  /** Takes bytes from the front; returns how many, and the data among them. */
  push(bytes: Uint8Array): { readonly used: number; readonly data: Uint8Array | null } {
    if (this.#state === 'data') return this.#data(bytes)
    if (this.#state === 'ended') throw new S3Error('IncompleteBody', 'expected nothing after the last chunk')
    const end = bytes.indexOf(10)
    const used = end < 0 ? bytes.length : end + 1
    this.#line += Buffer.from(bytes.subarray(0, used)).toString('latin1')
    if (this.#line.length > LINE_MAX) throw malformed('a line of the chunked body that is not so long')
    if (end >= 0) this.#takeLine()
    return { used, data: null }
  }

  #data(bytes: Uint8Array): { readonly used: number; readonly data: Uint8Array } {
    const data = bytes.subarray(0, this.#left)
    this.#left -= data.length
    this.#hash?.update(data)
    if (this.#left === 0) {
      this.#checkChunk()
      this.#state = 'data-end'
    }
    return { used: data.length, data }
  }

  #takeLine(): void {
    if (!this.#line.endsWith('\r\n') && this.#state !== 'trailer') throw malformed('lines that end with CR LF')
    const line = this.#line.trimEnd()
    this.#line = ''
    if (this.#state === 'size') this.#takeSize(line)
    else if (this.#state === 'trailer') this.#takeTrailer(line)
    else if (line === '') this.#state = 'size'
    else throw malformed('CR LF after the data of a chunk')
  }

  #takeSize(line: string): void {
    const [, size, signature] = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? []
    if (size === undefined) throw malformed('SIZE or SIZE;chunk-signature=HEX before a chunk')
    if (this.#options.chain !== null && signature === undefined) throw malformed('a signature of every chunk')
    this.#signature = signature ?? ''
    this.#left = Number.parseInt(size, 16)
    this.#hash = this.#options.chain === null ? null : createHash('sha256')
    if (this.#left > 0) this.#state = 'data'
    else {
      this.#checkChunk()
      this.#state = 'trailer'
    }
  }

  #checkChunk(): void {
    const { chain } = this.#options
    if (chain === null || this.#hash === null) return
    if (!verifyChunk(chain, this.#hash.digest('hex'), this.#signature))
      throw new S3Error('SignatureDoesNotMatch', 'the signature of a chunk is not that of its data')
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      this.#end()
      return
    }
    const [, name, value] = /^([a-zA-Z0-9-]+):[ \t]*(.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined || this.#trailers.size === TRAILERS_MAX || !this.#options.trailer)
      throw malformed('trailing headers NAME:VALUE only where x-amz-content-sha256 announces them')
    this.#trailers.set(name.toLowerCase(), value)
    if (name.toLowerCase() === 'x-amz-trailer-signature') this.#checkTrailer(value)
    else this.#trailerLines += `${name.toLowerCase()}:${value}\n`
  }

  #checkTrailer(signature: string): void {
    const { chain } = this.#options
    if (chain !== null && !verifyTrailer(chain, this.#trailerLines, signature))
      throw new S3Error('SignatureDoesNotMatch', 'the signature of the trailing headers is not theirs')
  }

  #end(): void {
    const signed = this.#options.chain !== null && this.#options.trailer
    if (signed && !this.#trailers.has('x-amz-trailer-signature'))
      throw new S3Error('SignatureDoesNotMatch', 'expected a signature of the trailing headers')
    this.#state = 'ended'
  }
}

const malformed = (expected: string): S3Error => new S3Error('InvalidChunkSizeError', `expected ${expected}`)
