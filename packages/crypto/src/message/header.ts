import { randomFillSync } from 'node:crypto'
import { DecryptionError } from '../decryption-error.ts'
import type { Secret } from '../secret.ts'
import { SEGMENT_SIZE } from '../segment-layout.ts'
import { type Suite, suites } from '../suite.ts'
import {
  canonicalContext,
  contextPairs,
  contextSize,
  type MessageContext,
  parseContext,
  writeContext,
} from './context.ts'
import {
  contextSizeIn,
  HEAD_SIZE,
  HEADER_MAC_SIZE,
  headerSize,
  parseHead,
  SALT_SIZE,
  SEGMENT_SIZE_LOG2_MAX,
  SEGMENT_SIZE_LOG2_MIN,
  writeHead,
} from './head.ts'
import { MessageKeys, type PayloadKey } from './message-keys.ts'
import { parseRecipients, type Recipient, recipientsSize, writeRecipients } from './recipient.ts'

/** What stands in front of a message's payload: docs/formats/sealed-message.md. */
export interface Header {
  readonly suite: Suite
  /** Plaintext bytes of every segment but the last. */
  readonly segmentSize: number
  readonly salt: Uint8Array
  readonly context: MessageContext
  /** How many recipients it takes to open the message. */
  readonly threshold: number
  readonly recipients: readonly Recipient[]
  /** The whole header as it is stored, its MAC included. */
  readonly bytes: Uint8Array
}

export interface HeaderOptions {
  /** AES when absent. */
  readonly suite?: Suite
  /** A power of two from 4 KiB to 1 MiB; 64 KiB when absent. */
  readonly segmentSize?: number
  /** Empty when absent. */
  readonly context?: MessageContext
  readonly recipients: readonly Recipient[]
  /** 1 when absent: any one recipient opens the message. More: the recipients' wrapped keys are of shares. */
  readonly threshold?: number
  /** The salt of a fixed example; random otherwise. */
  readonly unsafeSalt?: Uint8Array
}

/** A header and the key that seals the payload behind it. */
export interface WrittenHeader {
  readonly header: Header
  readonly payload: PayloadKey
}

/** Makes the header of a new message under the data key of 32 bytes. Throws `TypeError` for what does not fit. */
export function writeHeader(dataKey: Secret, options: HeaderOptions): WrittenHeader {
  const unsigned = unsignedHeader(options, options.unsafeSalt ?? randomFillSync(new Uint8Array(SALT_SIZE)))
  using keys = new MessageKeys(unsigned.suite, unsigned.salt, dataKey)
  const header = sign(unsigned, keys)
  return { header, payload: keys.payload(header.segmentSize, canonicalContextOf(header)) }
}

/**
 * Reads the header at the front of `bytes`, which may go on behind it. Nothing of it is authenticated yet:
 * `verifyHeader` does that. Throws `DecryptionError`, also when the bytes end before the header does.
 */
export function parseHeader(bytes: Uint8Array): Header {
  const size = headerSize(parseHead(bytes))
  if (bytes.length < size)
    throw new DecryptionError({ detail: `a header of ${size} bytes is claimed, ${bytes.length} bytes are there` })
  const own = new Uint8Array(bytes.subarray(0, size))
  const head = parseHead(own)
  const recipientsAt = HEAD_SIZE + head.contextSize
  return {
    suite: head.suite,
    segmentSize: 2 ** head.segmentSizeLog2,
    salt: head.salt,
    threshold: head.threshold,
    context: parseContext(own.subarray(HEAD_SIZE, recipientsAt)),
    recipients: parseRecipients(own.subarray(recipientsAt, size - HEADER_MAC_SIZE), head.recipientCount),
    bytes: own,
  }
}

/** The payload's key, if the data key is the one that made the header. Throws `DecryptionError` otherwise. */
export function verifyHeader(header: Header, dataKey: Secret): PayloadKey {
  const signedSize = header.bytes.length - HEADER_MAC_SIZE
  using keys = new MessageKeys(header.suite, header.salt, dataKey)
  if (!keys.verifies(header.bytes.subarray(0, signedSize), header.bytes.subarray(signedSize)))
    throw new DecryptionError({ detail: 'the header MAC is wrong: another data key, or a changed header' })
  return keys.payload(header.segmentSize, canonicalContextOf(header))
}

/** The header with other recipients, for the same payload. Throws `DecryptionError` when the data key is not the header's. */
export function withRecipients(
  header: Header,
  dataKey: Secret,
  recipients: readonly Recipient[],
  threshold = 1,
): Header {
  verifyHeader(header, dataKey)[Symbol.dispose]()
  using keys = new MessageKeys(header.suite, header.salt, dataKey)
  return sign({ ...header, recipients, threshold }, keys)
}

/** Whether the header's context is the expected one, pair for pair. */
export const hasContext = (header: Header, expected: MessageContext): boolean =>
  Buffer.compare(canonicalContextOf(header), canonicalContext(expected)) === 0

const canonicalContextOf = ({ bytes }: Header): Uint8Array =>
  bytes.subarray(HEAD_SIZE, HEAD_SIZE + contextSizeIn(bytes))

export type UnsignedHeader = Omit<Header, 'bytes'>

/** What the options and the salt say. Throws `TypeError` for what does not fit. */
export const unsignedHeader = (options: HeaderOptions, salt: Uint8Array): UnsignedHeader => ({
  suite: options.suite ?? suites.aes,
  segmentSize: checkSegmentSize(options.segmentSize ?? SEGMENT_SIZE),
  salt: checkSalt(salt),
  context: options.context ?? {},
  recipients: options.recipients,
  threshold: options.threshold ?? 1,
})

function sign(unsigned: UnsignedHeader, keys: MessageKeys): Header {
  const { size, write } = signedPart(unsigned)
  const bytes = Buffer.allocUnsafeSlow(size + HEADER_MAC_SIZE)
  write(bytes, 0)
  bytes.set(keys.mac(bytes.subarray(0, size)), size)
  return { ...unsigned, bytes }
}

/** What is to be written, and how many bytes that takes. */
export interface SignedPart {
  readonly size: number
  /** Writes it at `at`. */
  write(bytes: Buffer, at: number): void
}

/** Head, context and recipients: all that the MAC is over. Throws `TypeError` for what does not fit. */
export function signedPart(unsigned: UnsignedHeader): SignedPart {
  const { context, recipients, segmentSize, threshold } = unsigned
  const pairs = contextPairs(context)
  const sizes = { contextSize: contextSize(pairs), recipientsSize: recipientsSize(recipients) }
  checkThreshold(threshold, recipients.length)
  const recipientsAt = HEAD_SIZE + sizes.contextSize
  const write = (bytes: Buffer, at: number): void => {
    const [segmentSizeLog2, recipientCount] = [Math.log2(segmentSize), recipients.length]
    writeHead(bytes, at, {
      ...sizes,
      suite: unsigned.suite,
      salt: unsigned.salt,
      threshold,
      segmentSizeLog2,
      recipientCount,
    })
    writeContext(bytes, at + HEAD_SIZE, pairs)
    writeRecipients(bytes, at + recipientsAt, recipients)
  }
  return { size: recipientsAt + sizes.recipientsSize, write }
}

function checkSegmentSize(size: number): number {
  const log2 = Math.log2(size)
  if (!Number.isInteger(log2) || log2 < SEGMENT_SIZE_LOG2_MIN || log2 > SEGMENT_SIZE_LOG2_MAX)
    throw new TypeError(`expected a segment size that is a power of two from 4 KiB to 1 MiB, received ${size}`)
  return size
}

function checkSalt(salt: Uint8Array): Uint8Array {
  if (salt.length !== SALT_SIZE) throw new TypeError(`expected a salt of ${SALT_SIZE} bytes, received ${salt.length}`)
  return salt
}

function checkThreshold(threshold: number, recipients: number): void {
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > recipients)
    throw new TypeError(`expected a threshold of 1 to ${recipients} recipients, received ${threshold}`)
}
