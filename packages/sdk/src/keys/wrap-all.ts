import type { Recipient, Secret } from '@hufu/crypto'
import type { EncryptionContext } from '@hufu/wire'
import { AllFailed, type FailedTry } from '../region/all-failed.ts'
import type { PlacedKey } from '../region/regions.ts'
import { failure } from './failure.ts'

export interface WrapAllRequest {
  readonly context: EncryptionContext
  readonly minimum: number
  readonly signal?: AbortSignal | undefined
}

export interface WrappedAll {
  /** In the order in which the keys were named. */
  readonly recipients: readonly Recipient[]
  readonly missed: readonly FailedTry[]
}

/** Milliseconds that keys which are not needed any more are still waited for. */
const GRACE = 250

/** Wraps under every key at once. Those who are late once `minimum` have answered are left out. */
export async function wrapAll(secrets: ReadonlyMap<PlacedKey, Secret>, request: WrapAllRequest): Promise<WrappedAll> {
  const done = new Map<PlacedKey, Recipient>()
  const missed: FailedTry[] = []
  const late = new AbortController()
  const signal = request.signal === undefined ? late.signal : AbortSignal.any([late.signal, request.signal])
  let grace: NodeJS.Timeout | undefined
  const wrapOne = async ([key, secret]: [PlacedKey, Secret]): Promise<void> => {
    try {
      done.set(key, await wrap(key, secret, request.context, signal))
      if (done.size >= request.minimum) grace ??= setTimeout(() => late.abort(LATE), GRACE)
    } catch (error) {
      missed.push({ name: key.name, error })
    }
  }
  if (request.minimum <= 0) grace = setTimeout(() => late.abort(LATE), GRACE)
  await Promise.all(Array.from(secrets, wrapOne)).finally(() => clearTimeout(grace))
  request.signal?.throwIfAborted()
  if (done.size < request.minimum) throw failure('too few keys wrapped the data key', new AllFailed(missed))
  return { recipients: [...secrets.keys()].flatMap((key) => done.get(key) ?? []), missed }
}

const LATE = new Error('it was late, and enough others had answered')

function wrap(key: PlacedKey, secret: Secret, context: EncryptionContext, signal: AbortSignal): Promise<Recipient> {
  const { region, keyId } = key
  return region.call(signal, async (service) => {
    const wrapped = await service.encrypt({ keyId, plaintext: secret.bytes(), context }, { signal })
    return { provider: region.provider, region: region.name, keyId: wrapped.keyId, wrappedKey: wrapped.ciphertext }
  })
}
