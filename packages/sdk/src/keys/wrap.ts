import { DATA_KEY_SIZE, type MessagePlan, type Recipient, Secret } from '@hufu/crypto'
import { type DataKey, type EncryptionContext, keyIdOfArn } from '@hufu/wire'
import type { LoadedKey } from '../cache/data-key-cache.ts'
import { firstOf } from '../region/first-of.ts'
import type { PlacedKey } from '../region/regions.ts'
import { failure } from './failure.ts'
import { makeShares } from './shares.ts'
import { type WrappedAll, wrapAll } from './wrap-all.ts'

export interface WrapRequest {
  readonly keys: readonly PlacedKey[]
  readonly context: EncryptionContext
  /** How many of the keys must have wrapped it. */
  readonly minimum: number
  /** How many recipients it takes to open: 1, or the shares needed. */
  readonly threshold: number
  readonly signal?: AbortSignal | undefined
}

/** Who can open it, and the keys that were asked for and did not answer. */
export interface WrappedDetails extends WrappedAll {
  /** What was planned for messages under the data key, by suite and segment size: made when first needed. */
  readonly plans: Map<string, MessagePlan>
}

/**
 * A new data key, wrapped under the keys: made by the nearest that answers, and given to all others. With a
 * threshold it is made here and each key wraps its share. Throws `HufuError` when fewer than `minimum` answer.
 */
export async function makeDataKey(request: WrapRequest): Promise<LoadedKey<WrappedDetails>> {
  return request.threshold > 1 ? makeSharedKey(request) : makeWholeKey(request)
}

async function makeWholeKey(request: WrapRequest): Promise<LoadedKey<WrappedDetails>> {
  const { made, by } = await generate(request)
  const secret = Secret.take(made.plaintext)
  const first: Recipient = {
    provider: by.region.provider,
    region: by.region.name,
    keyId: made.keyId,
    wrappedKey: made.ciphertext,
  }
  const keys = request.keys.filter((key) => key !== by)
  return loaded(secret, async () => {
    const { recipients, missed } = await wrapDataKey(secret, { ...request, keys, minimum: request.minimum - 1 })
    return { recipients: inNamedOrder(first, by, recipients, { keys: request.keys, missed }), missed }
  })
}

/** Whichever made the data key stands where it was named: the same keys make the same header. */
function inNamedOrder(
  first: Recipient,
  by: PlacedKey,
  others: readonly Recipient[],
  { keys, missed }: Pick<WrapRequest, 'keys'> & Pick<WrappedAll, 'missed'>,
): Recipient[] {
  const named = keys.slice(0, keys.indexOf(by))
  const before = named.filter(({ name }) => !missed.some((one) => one.name === name)).length
  return [...others.slice(0, before), first, ...others.slice(before)]
}

async function makeSharedKey(request: WrapRequest): Promise<LoadedKey<WrappedDetails>> {
  const secret = Secret.random(DATA_KEY_SIZE)
  return loaded(secret, () => wrapDataKey(secret, request))
}

/** Wraps a data key under the keys, or a share of it under each. Throws `HufuError` when fewer than `minimum` answer. */
export async function wrapDataKey(secret: Secret, request: WrapRequest): Promise<WrappedAll> {
  const { keys, threshold, minimum } = request
  if (threshold === 1) return wrapAll(new Map(keys.map((key) => [key, secret])), request)
  const shares = await makeShares(secret, keys.length, threshold)
  try {
    const shareOf = new Map(keys.flatMap((key, i) => (shares[i] === undefined ? [] : [[key, shares[i]]])))
    return await wrapAll(shareOf, { ...request, minimum: Math.max(minimum, threshold) })
  } finally {
    for (const share of shares) share[Symbol.dispose]()
  }
}

interface Generated {
  readonly made: DataKey
  readonly by: PlacedKey
}

async function generate({ keys, context, signal }: WrapRequest): Promise<Generated> {
  const candidates = keys.map((key) => ({
    region: key.region,
    name: key.name,
    call: (signal: AbortSignal) =>
      key.region.call(signal, async (service): Promise<Generated> => {
        const made = await service.generateDataKey(
          { keyId: key.keyId, numberOfBytes: DATA_KEY_SIZE, context },
          { signal },
        )
        return { made, by: key }
      }),
  }))
  return firstOf(candidates, ({ made }) => made.plaintext.fill(0), signal).catch((error) => {
    throw failure('no data key was made', error)
  })
}

async function loaded(secret: Secret, wrap: () => Promise<WrappedAll>): Promise<LoadedKey<WrappedDetails>> {
  try {
    const details = { ...(await wrap()), plans: new Map() }
    return { secret, keyIds: details.recipients.map(({ keyId }) => keyIdOfArn(keyId)), details }
  } catch (error) {
    secret[Symbol.dispose]()
    throw error
  }
}
