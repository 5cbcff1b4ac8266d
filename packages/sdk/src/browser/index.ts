export type { Context } from './context.ts'
export type { BrowserRegion } from './data-key.ts'
export { DecryptionError } from './decryption-error.ts'
export { type FetchKeyServiceOptions, fetchKeyService, KeyServiceError } from './fetch-key-service.ts'
export {
  type BrowserData,
  type BrowserEncryptOptions,
  BrowserHufu,
  type BrowserHufuOptions,
} from './hufu.ts'
export { inspect } from './inspect.ts'
export type { Recipient } from './recipient.ts'
export type { BrowserCredentials } from './sigv4.ts'
