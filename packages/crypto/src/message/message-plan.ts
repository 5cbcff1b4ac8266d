import { SALT_SIZE } from './head.ts'
import { type HeaderOptions, type SignedPart, signedPart, unsignedHeader } from './header.ts'

/** The addon draws the salt of a small message. */
export const SALT_TO_COME = new Uint8Array(SALT_SIZE)

/** What messages of one kind have in common: all of their headers but salt and MAC. */
export interface MessagePlan {
  readonly options: Omit<HeaderOptions, 'unsafeSalt'>
  /** Head, context and recipients, with zeros for the salt. */
  readonly signed: SignedPart
}

/** Checked, and written out, once for many messages. Throws `TypeError` for what does not fit. */
export function planMessages(options: MessagePlan['options']): MessagePlan {
  const { size, write } = signedPart(unsignedHeader(options, SALT_TO_COME))
  const bytes = Buffer.alloc(size)
  write(bytes, 0)
  return { options, signed: { size, write: (into, at) => into.set(bytes, at) } }
}
