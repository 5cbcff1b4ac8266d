import { ByteReader } from '../byte-reader.ts'
import { DecryptionError } from '../decryption-error.ts'
import { textSize, writeText } from '../text-bytes.ts'

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

/** Bytes of the recipients one after another. Throws `TypeError` for what the format has no room for. */
export function recipientsSize(recipients: readonly Recipient[]): number {
  if (recipients.length < 1 || recipients.length > RECIPIENTS_MAX)
    throw new TypeError(`expected 1 to ${RECIPIENTS_MAX} recipients, received ${recipients.length}`)
  return recipients.reduce((sum, recipient) => sum + checkedSize(recipient), 0)
}

/** Writes them one after another at `at`. */
export function writeRecipients(bytes: Buffer, at: number, recipients: readonly Recipient[]): void {
  recipients.reduce((next, recipient) => write(bytes, next, recipient), at)
}

/** Reads `count` recipients that fill the bytes exactly. The wrapped keys are views. Throws `DecryptionError`. */
export function parseRecipients(bytes: Uint8Array, count: number): readonly Recipient[] {
  const reader = new ByteReader(bytes)
  const recipients: Recipient[] = []
  while (recipients.length < count) recipients.push(parseRecipient(reader))
  if (!reader.isAtEnd) throw new DecryptionError({ detail: 'bytes behind the last recipient' })
  return recipients
}

/** Bytes that the recipient takes. Throws `TypeError` for what does not fit. */
function checkedSize({ provider, region, keyId, wrappedKey }: Recipient): number {
  if (!PROVIDER.test(provider)) throw new TypeError('expected a provider of a-z, 0-9 and -')
  const names = nameSize(provider, 'provider') + nameSize(region, 'region') + nameSize(keyId, 'keyId')
  return 6 + names + checkSize(wrappedKey.length, 'wrappedKey')
}

/** Writes the recipient at `at`; returns where it ends. */
function write(bytes: Buffer, at: number, { provider, region, keyId, wrappedKey }: Recipient): number {
  const providerEnd = writeText(bytes, at + 1, provider)
  bytes[at] = providerEnd - at - 1
  const regionEnd = writeText(bytes, providerEnd + 1, region)
  bytes[providerEnd] = regionEnd - providerEnd - 1
  const keyIdEnd = writeText(bytes, regionEnd + 2, keyId)
  bytes.writeUInt16BE(keyIdEnd - regionEnd - 2, regionEnd)
  bytes.writeUInt16BE(wrappedKey.length, keyIdEnd)
  bytes.set(wrappedKey, keyIdEnd + 2)
  return keyIdEnd + 2 + wrappedKey.length
}

function parseRecipient(reader: ByteReader): Recipient {
  const provider = reader.text(sizeOf(reader, 'provider', 1))
  if (!PROVIDER.test(provider)) throw new DecryptionError({ detail: 'a malformed provider' })
  const region = reader.text(sizeOf(reader, 'region', 1))
  const keyId = reader.text(sizeOf(reader, 'keyId', 2))
  return { provider, region, keyId, wrappedKey: reader.bytes(sizeOf(reader, 'wrappedKey', 2)) }
}

function sizeOf(reader: ByteReader, field: keyof typeof RECIPIENT_LIMITS, bytes: 1 | 2): number {
  const size = reader.integer(bytes)
  if (size < 1 || size > RECIPIENT_LIMITS[field])
    throw new DecryptionError({ detail: `${field} of ${size} bytes, not 1 to ${RECIPIENT_LIMITS[field]}` })
  return size
}

function nameSize(text: string, field: keyof typeof RECIPIENT_LIMITS): number {
  const size = textSize(text)
  if (size === null) throw new TypeError('expected a recipient whose names are well-formed text')
  return checkSize(size, field)
}

function checkSize(size: number, field: keyof typeof RECIPIENT_LIMITS): number {
  const limit = RECIPIENT_LIMITS[field]
  if (size < 1 || size > limit)
    throw new TypeError(`expected a recipient's ${field} of 1 to ${limit} bytes, received ${size}`)
  return size
}
