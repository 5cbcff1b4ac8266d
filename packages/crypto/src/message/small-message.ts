import { TAG_SIZE } from '../aead.ts'
import { checkBytes } from '../aead-arguments.ts'
import { native } from '../native.ts'
import { hashNumbers } from '../native-hash.ts'
import type { Secret } from '../secret.ts'
import { SMALL_MAX, smallMemoryOf } from '../small-memory.ts'
import { DATA_KEY_SIZE, suites } from '../suite.ts'
import { HEADER_MAC_SIZE } from './head.ts'
import { type Header, type HeaderOptions, signedPart, unsignedHeader } from './header.ts'
import { type MessagePlan, SALT_TO_COME } from './message-plan.ts'

/** Bytes of text up to which a message is made in one call; every segment size has room for it. */
const TEXT_MAX = 4096

/**
 * The whole message, its salt, keys, MAC and only segment made in one call of the addon. Null where there is none, or the
 * message is too large for it. Throws `TypeError` for what does not fit.
 */
export function sealSmallMessage(dataKey: Secret, options: HeaderOptions, plaintext: Uint8Array): Uint8Array | null {
  if (native === null || plaintext.length > TEXT_MAX) return null
  const { unsafeSalt } = options
  const signed = signedPart(unsignedHeader(options, unsafeSalt ?? SALT_TO_COME))
  return sealSmallPlanned(dataKey, { options, signed }, plaintext, unsafeSalt === undefined)
}

/** The same of what was planned; `drawSalt` is whether the message gets a salt of its own. */
export function sealSmallPlanned(
  dataKey: Secret,
  { options, signed }: MessagePlan,
  plaintext: Uint8Array,
  drawSalt = true,
): Uint8Array | null {
  if (native === null || plaintext.length > TEXT_MAX || dataKey.size !== DATA_KEY_SIZE) return null
  checkBytes(plaintext)
  const textAt = signed.size + HEADER_MAC_SIZE
  const size = textAt + plaintext.length + TAG_SIZE
  if (size > SMALL_MAX || signed.size > TEXT_MAX) return null
  const memory = smallMemoryOf(native)
  const at = memory.putWritten(size, signed.write, textAt, plaintext)
  const hash = hashNumbers[(options.suite ?? suites.aes).hash]
  native.messageSealSmall(hash, dataKey.bytes(), at, signed.size, plaintext.length, drawSalt)
  return memory.take(at, size)
}

/**
 * The text of a message of one segment whose header was read from it: keys, MAC and segment in one call of the addon.
 * Null where there is none, where the message is too large for it, and where it is not authentic.
 */
export function openSmallMessage(dataKey: Secret, header: Header, message: Uint8Array): Uint8Array | null {
  const { bytes, suite } = header
  const size = message.length - bytes.length - TAG_SIZE
  if (native === null || size < 0 || size > TEXT_MAX || dataKey.size !== DATA_KEY_SIZE) return null
  checkBytes(message)
  const signedSize = bytes.length - HEADER_MAC_SIZE
  if (message.length > SMALL_MAX || signedSize > TEXT_MAX) return null
  const memory = smallMemoryOf(native)
  const at = memory.putParts(bytes, message.subarray(bytes.length))
  const whole = native.messageOpenSmall(hashNumbers[suite.hash], dataKey.bytes(), at, signedSize, size)
  return whole ? memory.take(at + bytes.length, size) : null
}
