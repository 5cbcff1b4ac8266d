import { ByteReader } from '../byte-reader.ts'
import { DecryptionError } from '../decryption-error.ts'

/** One CMK that can open a message, or give a share of its data key. */
export interface Recipient {
  /** The kind of key service: 1 to 32 of a-z, 0-9 and `-`. */
  readonly provider: string
  /** 1 to 64 bytes of UTF-8. */
  readonly region: string
  /** What the provider calls the CMK: 1 to 512 bytes of UTF-8. */
  readonly keyId: string
  /** What the provider made of the data key, or of a share: 1 to 6,144 bytes. */
  readonly wrappedKey: Uint8Array
}

/** Largest sizes in bytes; the smallest is 1 for each. */
export const RECIPIENT_LIMITS = { provider: 32, region: 64, keyId: 512, wrappedKey: 6_144 } as const
export const RECIPIENTS_MAX = 128
export const RECIPIENT_SIZE_MIN = 10
export const RECIPIENT_SIZE_MAX = 6 + 32 + 64 + 512 + 6_144

const PROVIDER = /^[a-z0-9-]+$/
const LONE_SURROGATE = /\p{Surrogate}/u

/** The recipients one after another. Throws `TypeError` for what the format has no room for. */
export function encodeRecipients(recipients: readonly Recipient[]): Uint8Array {
  if (recipients.length < 1 || recipients.length > RECIPIENTS_MAX)
    throw new TypeError(`expected 1 to ${RECIPIENTS_MAX} recipients, received ${recipients.length}`)
  return Buffer.concat(recipients.map(encodeRecipient))
}

/** Reads `count` recipients that fill the bytes exactly. The wrapped keys are views. Throws `DecryptionError`. */
export function parseRecipients(bytes: Uint8Array, count: number): readonly Recipient[] {
  const reader = new ByteReader(bytes)
  const recipients: Recipient[] = []
  while (recipients.length < count) recipients.push(parseRecipient(reader))
  if (!reader.isAtEnd) throw new DecryptionError()
  return recipients
}

function encodeRecipient({ provider, region, keyId, wrappedKey }: Recipient): Uint8Array {
  if (!PROVIDER.test(provider)) throw new TypeError('expected a provider of a-z, 0-9 and -')
  return Buffer.concat([
    sized(utf8(provider), 'provider', 1),
    sized(utf8(region), 'region', 1),
    sized(utf8(keyId), 'keyId', 2),
    sized(wrappedKey, 'wrappedKey', 2),
  ])
}

function parseRecipient(reader: ByteReader): Recipient {
  const provider = reader.text(sizeOf(reader, 'provider', 1))
  if (!PROVIDER.test(provider)) throw new DecryptionError()
  const region = reader.text(sizeOf(reader, 'region', 1))
  const keyId = reader.text(sizeOf(reader, 'keyId', 2))
  return { provider, region, keyId, wrappedKey: reader.bytes(sizeOf(reader, 'wrappedKey', 2)) }
}

function sizeOf(reader: ByteReader, field: keyof typeof RECIPIENT_LIMITS, bytes: 1 | 2): number {
  const size = reader.integer(bytes)
  if (size < 1 || size > RECIPIENT_LIMITS[field]) throw new DecryptionError()
  return size
}

function sized(bytes: Uint8Array, field: keyof typeof RECIPIENT_LIMITS, sizeBytes: 1 | 2): Uint8Array {
  const limit = RECIPIENT_LIMITS[field]
  if (bytes.length < 1 || bytes.length > limit)
    throw new TypeError(`expected a recipient's ${field} of 1 to ${limit} bytes, received ${bytes.length}`)
  const size = sizeBytes === 1 ? [bytes.length] : [bytes.length >> 8, bytes.length & 0xff]
  return Buffer.concat([Uint8Array.from(size), bytes])
}

function utf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new TypeError('expected a recipient whose names are well-formed text')
  return Buffer.from(text)
}
