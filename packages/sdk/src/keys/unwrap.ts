import { DecryptionError, type Header, type Recipient, Secret } from '@hufu/crypto'
import { type Decrypted, HufuError, keyIdOfArn } from '@hufu/wire'
import type { LoadedKey } from '../cache/data-key-cache.ts'
import { AllFailed, type FailedTry } from '../region/all-failed.ts'
import { type Candidate, firstOf } from '../region/first-of.ts'
import { isMultiRegion, type Regions } from '../region/regions.ts'
import { failure } from './failure.ts'
import { combineShares } from './shares.ts'

/** The header's data key, from whichever recipient answers first. Throws `HufuError` that tells each one's reason. */
export async function unwrapDataKey(regions: Regions, header: Header): Promise<LoadedKey<null>> {
  const secret = header.threshold === 1 ? await unwrapAny(regions, header) : await unwrapShares(regions, header)
  return { secret, keyIds: header.recipients.map(({ keyId }) => keyIdOfArn(keyId)), details: null }
}

async function unwrapAny(regions: Regions, header: Header): Promise<Secret> {
  const candidates = header.recipients.flatMap((recipient) => candidatesOf(regions, header, recipient))
  if (candidates.length === 0) throw failure('the message can not be opened', new AllFailed(strangers(header)))
  return firstOf(candidates, (secret) => secret[Symbol.dispose]()).catch((error) => {
    throw failure('no recipient opened the message', error)
  })
}

/** All recipients are asked at once, and the first shares that suffice are taken. */
async function unwrapShares(regions: Regions, header: Header): Promise<Secret> {
  const shares: Secret[] = []
  const tries: FailedTry[] = []
  const ask = async (recipient: Recipient): Promise<void> => {
    const candidates = candidatesOf(regions, header, recipient)
    try {
      shares.push(await firstOf(candidates, (secret) => secret[Symbol.dispose]()))
    } catch (error) {
      tries.push(...(error instanceof AllFailed && error.tries.length > 0 ? error.tries : [stranger(recipient)]))
    }
  }
  try {
    await Promise.all(header.recipients.map(ask))
    if (shares.length < header.threshold) throw failure('too few shares of the data key', new AllFailed(tries))
    return await combineShares(shares.slice(0, header.threshold))
  } finally {
    for (const share of shares) share[Symbol.dispose]()
  }
}

function candidatesOf(regions: Regions, { context }: Header, recipient: Recipient): Candidate<Secret>[] {
  const { wrappedKey: ciphertext } = recipient
  const keyId = isMultiRegion(recipient) ? keyIdOfArn(recipient.keyId) : recipient.keyId
  return regions.ofRecipient(recipient).map((region) => ({
    region,
    name: nameOf(recipient),
    call: (signal) =>
      region.call(signal, async (service) =>
        secretOf(await service.decrypt({ ciphertext, context, keyId }, { signal })),
      ),
  }))
}

/** A data key or share of any other size is none; the header's MAC tells whether it is the right one. */
function secretOf({ plaintext }: Decrypted): Secret {
  if (plaintext.length === 32 || plaintext.length === 33) return Secret.take(plaintext)
  plaintext.fill(0)
  throw new DecryptionError({ detail: 'a recipient holds no data key' })
}

const nameOf = ({ region, keyId }: Recipient): string => `${region}:${keyIdOfArn(keyId)}`

const strangers = ({ recipients }: Header): FailedTry[] => recipients.map(stranger)

const stranger = (recipient: Recipient): FailedTry => ({
  name: nameOf(recipient),
  error: new HufuError('KeyNotFound', `no key service of the kind ${recipient.provider} is configured`),
})
