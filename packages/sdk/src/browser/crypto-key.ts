import type { webcrypto } from 'node:crypto'

/** WebCrypto's own handle of a key, in browsers and in Node. Only its type comes from Node. */
export type CryptoKey = webcrypto.CryptoKey
