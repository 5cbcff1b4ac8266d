import { ByteReader } from '../byte-reader.ts'
import { DecryptionError } from '../decryption-error.ts'
import { type Suite, suiteNumbered } from '../suite.ts'
import { CONTEXT_SIZE_MAX, CONTEXT_SIZE_MIN } from './context.ts'
import { RECIPIENT_SIZE_MAX, RECIPIENT_SIZE_MIN, RECIPIENTS_MAX } from './recipient.ts'

export const HEAD_SIZE = 48
export const SALT_SIZE = 32
export const HEADER_MAC_SIZE = 32
export const HEADER_SIZE_MAX = HEAD_SIZE + CONTEXT_SIZE_MAX + RECIPIENTS_MAX * RECIPIENT_SIZE_MAX + HEADER_MAC_SIZE
export const SEGMENT_SIZE_LOG2_MIN = 12
export const SEGMENT_SIZE_LOG2_MAX = 20

const MAGIC = Buffer.from('HUFU')
const VERSION = 1
const NO_FLAGS = 0

/** The fixed first 48 bytes of a message. */
export interface Head {
  readonly suite: Suite
  readonly segmentSizeLog2: number
  readonly salt: Uint8Array
  readonly threshold: number
  readonly recipientCount: number
  readonly contextSize: number
  readonly recipientsSize: number
}

export const headerSize = ({ contextSize, recipientsSize }: Head): number =>
  HEAD_SIZE + contextSize + recipientsSize + HEADER_MAC_SIZE

/** The context's size in a header whose head is known to be right. */
export const contextSizeIn = (header: Uint8Array): number => new ByteReader(header.subarray(42, 44)).integer(2)

/** Writes the 48 bytes at `at`. */
export function writeHead(bytes: Buffer, at: number, head: Head): void {
  bytes.set(MAGIC, at)
  bytes[at + 4] = VERSION
  bytes[at + 5] = head.suite.number
  bytes[at + 6] = head.segmentSizeLog2
  bytes[at + 7] = NO_FLAGS
  bytes.set(head.salt, at + 8)
  bytes[at + 40] = head.threshold
  bytes[at + 41] = head.recipientCount
  bytes.writeUInt16BE(head.contextSize, at + 42)
  bytes.writeUInt32BE(head.recipientsSize, at + 44)
}

/** Reads the first 48 bytes of `bytes`. Every size in it is within its limits. Throws `DecryptionError`. */
export function parseHead(bytes: Uint8Array): Head {
  const reader = new ByteReader(bytes)
  expect(MAGIC.equals(reader.bytes(4)), 'no magic of a sealed message')
  const version = reader.integer(1)
  expect(version === VERSION, `unknown format version ${version}`)
  const suiteNumber = reader.integer(1)
  const suite = suiteNumbered(suiteNumber)
  if (suite === undefined) throw new DecryptionError({ detail: `unknown suite ${suiteNumber}` })
  const segmentSizeLog2 = between(reader.integer(1), SEGMENT_SIZE_LOG2_MIN, SEGMENT_SIZE_LOG2_MAX, 'segment size')
  expect(reader.integer(1) === NO_FLAGS, 'unknown flags')
  const salt = reader.bytes(SALT_SIZE)
  const threshold = reader.integer(1)
  const recipientCount = between(reader.integer(1), 1, RECIPIENTS_MAX, 'recipient count')
  between(threshold, 1, recipientCount, 'threshold')
  const contextSize = between(reader.integer(2), CONTEXT_SIZE_MIN, CONTEXT_SIZE_MAX, 'context size')
  const [least, most] = [recipientCount * RECIPIENT_SIZE_MIN, recipientCount * RECIPIENT_SIZE_MAX]
  const recipientsSize = between(reader.integer(4), least, most, 'recipients size')
  return { suite, segmentSizeLog2, salt, threshold, recipientCount, contextSize, recipientsSize }
}

function expect(holds: boolean, detail: string): void {
  if (!holds) throw new DecryptionError({ detail })
}

function between(value: number, least: number, most: number, field: string): number {
  expect(value >= least && value <= most, `${field} ${value}, not ${least} to ${most}`)
  return value
}
