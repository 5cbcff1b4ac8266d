import {
  type HeaderOptions,
  type MessagePlan,
  planMessages,
  SEGMENT_SIZE,
  type SuiteName,
  sealPlanned,
  suites,
  type WrittenHeader,
  writeHeader,
} from '@hufu/crypto'
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
  const dataKey = await leased(dataKeys, options, bytes)
  const written = writeHeader(dataKey.secret, headerOptions(options, dataKey.details.recipients))
  return { ...written, dataKey, [Symbol.dispose]: () => disposeAll(written.payload, dataKey) }
}

/** The whole message of a plaintext that is at hand and not large; without a wait when the data key is held. */
export async function sealWhole(dataKeys: DataKeys, options: SealOptions, plaintext: Uint8Array): Promise<Uint8Array> {
  const held = dataKeys.heldForSealing(options, plaintext.length)
  const dataKey = held ?? (await dataKeys.forSealing(options, plaintext.length))
  try {
    tellMissed(dataKey, options)
    return sealPlanned(dataKey.secret, planOf(dataKey, options), plaintext)
  } finally {
    dataKey[Symbol.dispose]()
  }
}

async function leased(dataKeys: DataKeys, options: SealOptions, bytes: number): Promise<Lease<WrappedDetails>> {
  const dataKey = await dataKeys.forSealing(options, bytes)
  tellMissed(dataKey, options)
  return dataKey
}

function tellMissed({ details: { missed } }: Lease<WrappedDetails>, options: SealOptions): void {
  if (missed.length > 0) options.onMissed?.(missed)
}

/** The headers of messages under a data key are the same but for suite, segment size, salt and MAC. */
function planOf({ details }: Lease<WrappedDetails>, options: SealOptions): MessagePlan {
  const kind = `${options.suite ?? 'aes'} ${options.segmentSize ?? SEGMENT_SIZE}`
  const known = details.plans.get(kind)
  if (known !== undefined) return known
  const plan = planMessages(headerOptions(options, details.recipients))
  details.plans.set(kind, plan)
  return plan
}

const headerOptions = (
  { context, suite = 'aes', segmentSize = SEGMENT_SIZE, threshold = 1 }: SealOptions,
  recipients: WrappedDetails['recipients'],
): HeaderOptions => ({ suite: suites[suite], context, recipients, threshold, segmentSize })
