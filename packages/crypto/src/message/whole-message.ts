import { DecryptionError } from '../decryption-error.ts'
import type { Secret } from '../secret.ts'
import { openSegments, sealSegments } from '../segments.ts'
import { unfilled } from '../unfilled.ts'
import type { MessageContext } from './context.ts'
import { type Header, type HeaderOptions, hasContext, parseHeader, verifyHeader, writeHeader } from './header.ts'
import type { MessagePlan } from './message-plan.ts'
import { openedSize, sealedSize } from './message-size.ts'
import { openSmallMessage, sealSmallMessage, sealSmallPlanned } from './small-message.ts'

/** Seals the plaintext to a message, in memory: in one call of the addon where it is there and the message is small. */
export function sealMessage(dataKey: Secret, options: HeaderOptions, plaintext: Uint8Array): Uint8Array {
  const small = sealSmallMessage(dataKey, options, plaintext)
  if (small !== null) return small
  const { header, payload } = writeHeader(dataKey, options)
  using key = payload
  const message = unfilled(sealedSize(header.bytes.length, plaintext.length, key.segmentSize))
  message.set(header.bytes)
  sealSegments(key, 0, plaintext, true, message.subarray(header.bytes.length))
  return message
}

/** As `sealMessage`, of what was planned for many messages. */
export const sealPlanned = (dataKey: Secret, plan: MessagePlan, plaintext: Uint8Array): Uint8Array =>
  sealSmallPlanned(dataKey, plan, plaintext) ?? sealMessage(dataKey, plan.options, plaintext)

/** The plaintext of a message whose context is the expected one. Throws `DecryptionError`, and then releases nothing. */
export function openMessage(dataKey: Secret, expected: MessageContext, message: Uint8Array): Uint8Array {
  const header = parseHeader(message)
  if (!hasContext(header, expected)) throw new DecryptionError()
  return openHeadedMessage(dataKey, header, message)
}

/**
 * The plaintext of a message whose header was read from it, and its context checked. In one call of the addon where it is
 * there and the message is small. Throws `DecryptionError`, and then releases nothing.
 */
export function openHeadedMessage(dataKey: Secret, header: Header, message: Uint8Array): Uint8Array {
  const small = openSmallMessage(dataKey, header, message)
  if (small !== null) return small
  using key = verifyHeader(header, dataKey)
  if (openedSize(header.bytes.length, message.length, key.segmentSize) === null) throw new DecryptionError()
  return openSegments(key, 0, message.subarray(header.bytes.length), true)
}
