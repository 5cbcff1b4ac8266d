import { HASH_SIZE, type HashEngine, type HashName } from './hash-engine.ts'
import type { NativeHash } from './native.ts'

/** The addon's numbers of the hashes. */
export const hashNumbers: Record<HashName, 0 | 1> = { sha256: 0, sm3: 1 }

/** The hashes in the addon: one call each, several times faster than node:crypto on what is short. */
export const nativeHash = (addon: NativeHash): HashEngine => ({
  hmac(hash, key, parts) {
    const tag = new Uint8Array(HASH_SIZE)
    const [only] = parts
    addon.hmac(hashNumbers[hash], key, parts.length === 1 && only !== undefined ? only : Buffer.concat(parts), tag)
    return tag
  },
  hkdfExpand(hash, pseudorandomKey, info, out) {
    addon.hkdfExpand(hashNumbers[hash], pseudorandomKey, info, out)
  },
})
