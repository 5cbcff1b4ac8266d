import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NativeSm2 } from './sm2/native-engine.ts'

/** A key in the addon's memory. */
export type NativeKey = object & { readonly nativeKey: unique symbol }

/** HMAC and HKDF-Expand (native/hmac_binding.c): `hash` is 0 for SHA-256 and 1 for SM3, all of `out` is filled. */
export interface NativeHash {
  hmac(hash: 0 | 1, key: Uint8Array, message: Uint8Array, out: Uint8Array): void
  hkdfExpand(hash: 0 | 1, pseudorandomKey: Uint8Array, info: Uint8Array, out: Uint8Array): void
}

/** What the addon exports for authenticated ciphers (native/aead_binding.c). It checks every argument itself. */
export interface NativeAddon extends NativeSm2, NativeHash {
  aeadNew(algorithm: string, key: Uint8Array): NativeKey
  aeadFree(key: NativeKey): void
  aeadSeal(key: NativeKey, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, into: Uint8Array): void
  aeadOpen(key: NativeKey, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, into: Uint8Array): boolean
  segmentsSeal(
    key: NativeKey,
    aad: Uint8Array,
    firstIndex: number,
    plaintext: Uint8Array,
    segmentSize: number,
    last: boolean,
    into: Uint8Array,
  ): void
  segmentsOpen(
    key: NativeKey,
    aad: Uint8Array,
    firstIndex: number,
    sealed: Uint8Array,
    segmentSize: number,
    last: boolean,
    into: Uint8Array,
  ): boolean
}

/** The addon, or null where it was not built or HUFU_NATIVE=off: then the TypeScript twin does the same, slower. */
export const native: NativeAddon | null = load()

function load(): NativeAddon | null {
  if (process.env['HUFU_NATIVE'] === 'off') return null
  const require = createRequire(import.meta.url)
  try {
    return require('node-gyp-build')(join(dirname(fileURLToPath(import.meta.url)), '..'))
  } catch {
    process.stderr.write('hufu: the native addon is not built for this machine; the portable ciphers are slower\n')
    return null
  }
}
