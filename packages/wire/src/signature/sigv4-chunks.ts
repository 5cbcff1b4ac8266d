import { EMPTY_SHA256, hmacSha256Hex, sameSignature, sha256Hex } from './digest.ts'
import type { SigV4Claim } from './sigv4-claim.ts'
import { scopeText } from './sigv4-key.ts'

/**
 * The signatures of an aws-chunked body (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD` and its `-TRAILER` form):
 * each chunk's signature covers the one before it, the first chunk's that of the request.
 */
export class SigV4ChunkChain {
  readonly #prefix: string
  readonly #signingKey: Uint8Array
  #previous: string

  constructor(claim: Pick<SigV4Claim, 'timestamp' | 'scope' | 'signature'>, signingKey: Uint8Array) {
    this.#prefix = `${claim.timestamp}\n${scopeText(claim.scope)}\n`
    this.#signingKey = signingKey
    this.#previous = claim.signature
  }

  /** The signature of the next chunk, given the hex SHA-256 of its data; the chain moves on. */
  chunk(sha256: string): string {
    return this.#next(`AWS4-HMAC-SHA256-PAYLOAD\n${this.#prefix}${this.#previous}\n${EMPTY_SHA256}\n${sha256}`)
  }

  /** The signature of the trailing headers, given as `name:value\n` lines in order; it is the last. */
  trailer(lines: string): string {
    return this.#next(`AWS4-HMAC-SHA256-TRAILER\n${this.#prefix}${this.#previous}\n${sha256Hex(lines)}`)
  }

  #next(text: string): string {
    this.#previous = hmacSha256Hex(this.#signingKey, text)
    return this.#previous
  }
}

/** Whether the chain's next signature is the received one. */
export const verifyChunk = (chain: SigV4ChunkChain, sha256: string, received: string): boolean =>
  sameSignature(chain.chunk(sha256), received)

export const verifyTrailer = (chain: SigV4ChunkChain, lines: string, received: string): boolean =>
  sameSignature(chain.trailer(lines), received)
