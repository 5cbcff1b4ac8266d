import {
  DecryptionError,
  type Header,
  hasContext,
  openHeadedMessage,
  type PayloadKey,
  verifyHeader,
} from '@hufu/crypto'
import type { EncryptionContext } from '@hufu/wire'
import type { Lease } from './cache/cached-key.ts'
import { disposeAll } from './dispose-all.ts'
import type { DataKeys } from './keys/data-keys.ts'

export interface OpenOptions {
  /** What the message must have been sealed with, pair for pair. */
  readonly context: EncryptionContext
  readonly signal?: AbortSignal | undefined
}

/** A message that was unlocked. The data key and the payload's key are disposed of with it. */
export interface Opening extends Disposable {
  readonly header: Header
  readonly payload: PayloadKey
  readonly dataKey: Lease<null>
}

/**
 * Unlocks a message: its context must be the expected one, one of its recipients gives the data key, and the header's
 * MAC proves both. The caller opens the payload behind it. Throws `DecryptionError`, or `HufuError` where no recipient
 * gave the key.
 */
export async function open(dataKeys: DataKeys, header: Header, options: OpenOptions): Promise<Opening> {
  checkContext(header, options)
  const dataKey = await dataKeys.forOpening(header, options.signal)
  try {
    const payload = verifyHeader(header, dataKey.secret)
    return { header, payload, dataKey, [Symbol.dispose]: () => disposeAll(payload, dataKey) }
  } catch (error) {
    dataKey[Symbol.dispose]()
    throw error
  }
}

/**
 * The plaintext of a message that is at hand and not large; without a wait when the data key is held. Throws as `open`
 * does, and for a payload that is not authentic.
 */
export async function openWhole(
  dataKeys: DataKeys,
  header: Header,
  options: OpenOptions,
  message: Uint8Array,
): Promise<Uint8Array> {
  checkContext(header, options)
  const held = dataKeys.heldForOpening(header, options.signal)
  using dataKey = held ?? (await dataKeys.forOpening(header, options.signal))
  return openHeadedMessage(dataKey.secret, header, message)
}

function checkContext(header: Header, { context }: OpenOptions): void {
  if (!hasContext(header, context)) throw new DecryptionError({ detail: 'another context than the one expected' })
}
