import { type SuiteName, suites, type WrittenHeader, writeHeader } from '@hufu/crypto'
import type { Lease } from './cache/cached-key.ts'
import { disposeAll } from './dispose-all.ts'
import type { DataKeys, KeyPlan } from './keys/data-keys.ts'
import type { WrappedDetails } from './keys/wrap.ts'
import type { FailedTry } from './region/all-failed.ts'

export interface SealOptions extends KeyPlan {
  /** `gm` for SM4, SM3 and nothing else; AES and SHA-256 unless told. */
  readonly suite?: SuiteName
  /** A power of two from 4 KiB to 1 MiB; 64 KiB unless told. */
  readonly segmentSize?: number
  /** Told of the keys that were asked for and are not among the recipients, each with its reason. */
  readonly onMissed?: (missed: readonly FailedTry[]) => void
}

/** A message that was begun. The data key and the payload's key are disposed of with it. */
export interface Sealing extends WrittenHeader, Disposable {
  readonly dataKey: Lease<WrappedDetails>
}

/**
 * Begins a message (docs/formats/sealed-message.md): a data key, wrapped under every CMK, makes this message's own
 * keys from a random salt; the header binds context and recipients. The caller seals the payload behind it.
 */
export async function seal(dataKeys: DataKeys, options: SealOptions, bytes: number): Promise<Sealing> {
  const { context, suite = 'aes', segmentSize, threshold = 1, onMissed } = options
  const dataKey = await dataKeys.forSealing(options, bytes)
  const { recipients, missed } = dataKey.details
  if (missed.length > 0) onMissed?.(missed)
  const size = segmentSize === undefined ? {} : { segmentSize }
  const written = writeHeader(dataKey.secret, { suite: suites[suite], context, recipients, threshold, ...size })
  return { ...written, dataKey, [Symbol.dispose]: () => disposeAll(written.payload, dataKey) }
}
