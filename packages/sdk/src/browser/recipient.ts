import { type Bytes, integer, joined, utf8 } from './bytes.ts'
import { DecryptionError } from './decryption-error.ts'
import { FieldReader } from './field-reader.ts'

/** One CMK that can open a message: docs/formats/sealed-message.md, Recipients. */
export interface Recipient {
  readonly provider: string
  readonly region: string
  readonly keyId: string
  readonly wrappedKey: Uint8Array
}

export const RECIPIENTS_MAX = 128
export const RECIPIENT_SIZE_MIN = 10
export const RECIPIENT_SIZE_MAX = 6_758

export const encodeRecipients = (recipients: readonly Recipient[]): Bytes =>
  joined(
    ...recipients.map(({ provider, region, keyId, wrappedKey }) =>
      joined(
        field(utf8(provider), 1, 32),
        field(utf8(region), 1, 64),
        field(utf8(keyId), 2, 512),
        field(wrappedKey, 2, 6_144),
      ),
    ),
  )

/** `count` recipients that fill the bytes exactly. Throws `DecryptionError`. */
export function parseRecipients(bytes: Uint8Array, count: number): readonly Recipient[] {
  const reader = new FieldReader(bytes)
  const recipients = Array.from({ length: count }, () => parseRecipient(reader))
  if (!reader.isAtEnd) throw new DecryptionError()
  return recipients
}

function parseRecipient(reader: FieldReader): Recipient {
  const provider = reader.text(reader.integer(1, 1, 32))
  if (!/^[a-z0-9-]+$/.test(provider)) throw new DecryptionError()
  const region = reader.text(reader.integer(1, 1, 64))
  const keyId = reader.text(reader.integer(2, 1, 512))
  return { provider, region, keyId, wrappedKey: reader.bytes(reader.integer(2, 1, 6_144)).slice() }
}

function field(bytes: Uint8Array, sizeBytes: 1 | 2, most: number): Bytes {
  if (bytes.length < 1 || bytes.length > most)
    throw new TypeError(`expected 1 to ${most} bytes in a recipient's field, received ${bytes.length}`)
  return joined(integer(bytes.length, sizeBytes), bytes)
}
