import { type Bytes, compareBytes, integer, joined, utf8 } from './bytes.ts'
import { CONTEXT_SIZE_MAX, type Context, canonicalContext, parseContext } from './context.ts'
import type { CryptoKey } from './crypto-key.ts'
import { DecryptionError } from './decryption-error.ts'
import { FieldReader } from './field-reader.ts'
import { MessageKeys } from './message-keys.ts'
import {
  encodeRecipients,
  parseRecipients,
  RECIPIENT_SIZE_MAX,
  RECIPIENT_SIZE_MIN,
  RECIPIENTS_MAX,
  type Recipient,
} from './recipient.ts'

export const HEAD_SIZE = 48
const SALT_SIZE = 32
const MAC_SIZE = 32
const MAGIC = utf8('HUFU')
const VERSION = 1
const AES = 1

/** The front of a message of the AES suite that any one recipient opens: docs/formats/sealed-message.md. */
export interface Header {
  readonly segmentSize: number
  readonly salt: Bytes
  readonly context: Context
  readonly recipients: readonly Recipient[]
  /** The whole header as it is stored, its MAC included. */
  readonly bytes: Bytes
}

interface Head {
  readonly segmentSizeLog2: number
  readonly salt: Bytes
  readonly recipientCount: number
  readonly contextSize: number
  readonly recipientsSize: number
}

/** The header of a new message, and the key that seals the payload behind it. */
export async function writeHeader(
  dataKey: Bytes,
  { context, recipients, segmentSize }: Pick<Header, 'context' | 'recipients' | 'segmentSize'>,
): Promise<{ readonly header: Header; readonly payload: CryptoKey }> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_SIZE))
  const [publicText, wrapped] = [canonicalContext(context), encodeRecipients(recipients)]
  const log2 = segmentSizeLog2(segmentSize)
  const fixed = Uint8Array.of(VERSION, AES, log2, 0)
  const counts = joined(Uint8Array.of(1, recipients.length), integer(publicText.length, 2), integer(wrapped.length, 4))
  const signed = joined(MAGIC, fixed, salt, counts, publicText, wrapped)
  const keys = await MessageKeys.derive(dataKey, salt, log2, publicText)
  const bytes = joined(signed, await keys.mac(signed))
  return { header: { segmentSize, salt, context, recipients, bytes }, payload: keys.payload }
}

/** The header's size, once its first 48 bytes are there. Throws `DecryptionError`. */
export function headerSize(bytes: Uint8Array): number {
  const { contextSize, recipientsSize } = parseHead(bytes)
  return HEAD_SIZE + contextSize + recipientsSize + MAC_SIZE
}

/** Reads the header at the front of `bytes`: proven by `verifyHeader` only. Throws `DecryptionError`. */
export function parseHeader(message: Uint8Array): Header {
  const head = parseHead(message)
  const bytes = new FieldReader(message).bytes(headerSize(message)).slice()
  const recipientsAt = HEAD_SIZE + head.contextSize
  return {
    segmentSize: 2 ** head.segmentSizeLog2,
    salt: head.salt,
    context: parseContext(bytes.subarray(HEAD_SIZE, recipientsAt)),
    recipients: parseRecipients(bytes.subarray(recipientsAt, -MAC_SIZE), head.recipientCount),
    bytes,
  }
}

/** The payload's key, if the data key is the one that made the header. Throws `DecryptionError` otherwise. */
export async function verifyHeader({ bytes, salt, segmentSize, context }: Header, dataKey: Bytes): Promise<CryptoKey> {
  if (dataKey.length !== 32) throw new DecryptionError()
  const keys = await MessageKeys.derive(dataKey, salt, Math.log2(segmentSize), canonicalContext(context))
  if (!(await keys.verifies(bytes.slice(0, -MAC_SIZE), bytes.slice(-MAC_SIZE)))) throw new DecryptionError()
  return keys.payload
}

export const hasContext = ({ context }: Header, expected: Context): boolean =>
  compareBytes(canonicalContext(context), canonicalContext(expected)) === 0

function parseHead(bytes: Uint8Array): Head {
  const reader = new FieldReader(bytes)
  if (compareBytes(reader.bytes(4), MAGIC) !== 0) throw new DecryptionError()
  reader.integer(1, VERSION, VERSION)
  reader.integer(1, AES, AES)
  const segmentSizeLog2 = reader.integer(1, 12, 20)
  reader.integer(1, 0, 0)
  const salt = reader.bytes(SALT_SIZE).slice()
  reader.integer(1, 1, 1)
  const recipientCount = reader.integer(1, 1, RECIPIENTS_MAX)
  const contextSize = reader.integer(2, 2, CONTEXT_SIZE_MAX)
  const recipientsSize = reader.integer(4, recipientCount * RECIPIENT_SIZE_MIN, recipientCount * RECIPIENT_SIZE_MAX)
  return { segmentSizeLog2, salt, recipientCount, contextSize, recipientsSize }
}

function segmentSizeLog2(size: number): number {
  const log2 = Math.log2(size)
  if (Number.isInteger(log2) && log2 >= 12 && log2 <= 20) return log2
  throw new TypeError(`expected a segment size that is a power of two from 4 KiB to 1 MiB, received ${size}`)
}
