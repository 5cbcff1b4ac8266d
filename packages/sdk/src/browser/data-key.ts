import type { EncryptionContext, KeyService } from '@hufu/wire'
import type { Bytes } from './bytes.ts'
import { DecryptionError } from './decryption-error.ts'
import type { Header } from './header.ts'
import type { Recipient } from './recipient.ts'

export interface BrowserRegion {
  /** What keys are prefixed with, and what messages name it by. */
  readonly name: string
  readonly provider: string
  readonly keys: Pick<KeyService, 'encrypt' | 'decrypt' | 'generateDataKey'>
}

/** A new data key, which the first of the keys' services makes and all others wrap too. */
export async function makeDataKey(
  regions: readonly BrowserRegion[],
  keys: readonly string[],
  context: EncryptionContext,
): Promise<{ readonly plaintext: Bytes; readonly recipients: readonly Recipient[] }> {
  const [first, ...others] = keys.map((key) => place(regions, key))
  if (first === undefined || keys.length > 128) throw new TypeError(`expected 1 to 128 keys, received ${keys.length}`)
  const made = await first.region.keys.generateDataKey({ keyId: first.keyId, numberOfBytes: 32, context })
  const { plaintext, keyId, ciphertext } = made
  const wrapped = others.map(async ({ region, keyId }) => {
    const { ciphertext, ...named } = await region.keys.encrypt({ keyId, plaintext, context })
    return recipient(region, named.keyId, ciphertext)
  })
  return {
    plaintext: plaintext as Bytes,
    recipients: [recipient(first.region, keyId, ciphertext), ...(await Promise.all(wrapped))],
  }
}

/** The header's data key, from the first recipient that gives it. Throws `AggregateError` of each one's reason. */
export async function unwrapDataKey(
  regions: readonly BrowserRegion[],
  { recipients, context }: Header,
): Promise<Bytes> {
  const errors: unknown[] = []
  for (const { provider, region: name, keyId, wrappedKey } of recipients) {
    const ofKind = regions.filter((region) => region.provider === provider)
    const named = ofKind.filter((region) => region.name === name)
    for (const { keys } of named.length > 0 ? named : ofKind) {
      try {
        return (await keys.decrypt({ ciphertext: wrappedKey, keyId, context })).plaintext as Bytes
      } catch (error) {
        errors.push(error)
      }
    }
  }
  if (errors.length > 0 && errors.every(isRefusal)) throw new DecryptionError()
  throw new AggregateError(errors, `no recipient opened the message: ${errors.map(String).join('; ')}`)
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'DecryptionFailed'

const recipient = ({ provider, name }: BrowserRegion, keyId: string, wrappedKey: Uint8Array): Recipient => ({
  provider,
  region: name,
  keyId,
  wrappedKey,
})

function place(regions: readonly BrowserRegion[], key: string) {
  const colon = key.startsWith('arn:') ? -1 : key.indexOf(':')
  const prefixed = regions.find(({ name }) => name === key.slice(0, Math.max(0, colon)))
  if (prefixed !== undefined) return { region: prefixed, keyId: key.slice(colon + 1) }
  const [only, another] = regions
  const region = another === undefined ? only : regions.find(({ name }) => name === key.split(':')[3])
  if (region === undefined) throw new TypeError(`expected a key with its region in front, received ${key}`)
  return { region, keyId: key }
}
