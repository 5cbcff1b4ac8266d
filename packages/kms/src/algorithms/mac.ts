import type { MacAlgorithm } from '@hufu/wire'

/** The digest of each, as node:crypto names it, and its bytes, which are those of the key too. */
export const macDigests: Readonly<Record<MacAlgorithm, { readonly digest: string; readonly size: number }>> = {
  HMAC_SHA_224: { digest: 'sha224', size: 28 },
  HMAC_SHA_256: { digest: 'sha256', size: 32 },
  HMAC_SHA_384: { digest: 'sha384', size: 48 },
  HMAC_SHA_512: { digest: 'sha512', size: 64 },
}
