import { createHmac } from 'node:crypto'
import { HASH_SIZE, type HashEngine } from './hash-engine.ts'

/** The portable twin of the native hashes, over node:crypto. */
export const opensslHash: HashEngine = {
  hmac: (hash, key, parts) => parts.reduce((mac, part) => mac.update(part), createHmac(hash, key)).digest(),
  hkdfExpand(hash, pseudorandomKey, info, out) {
    let previous = Buffer.alloc(0)
    for (let at = 0; at < out.length; at += HASH_SIZE) {
      const mac = createHmac(hash, pseudorandomKey).update(previous).update(info)
      previous = mac.update(Uint8Array.of(at / HASH_SIZE + 1)).digest()
      out.set(previous.subarray(0, out.length - at), at)
    }
    previous.fill(0)
  },
}
