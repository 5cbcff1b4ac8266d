export * from './context.ts'
export { HEAD_SIZE, HEADER_SIZE_MAX, type Head, headerSize, parseHead } from './head.ts'
export {
  type Header,
  type HeaderOptions,
  hasContext,
  parseHeader,
  verifyHeader,
  type WrittenHeader,
  withRecipients,
  writeHeader,
} from './header.ts'
export { type SplitMessage, splitHeader } from './header-stream.ts'
export type { PayloadKey } from './message-keys.ts'
export { type MessagePlan, planMessages } from './message-plan.ts'
export * from './message-size.ts'
export * from './message-stream.ts'
export * from './recipient.ts'
export * from './whole-message.ts'
