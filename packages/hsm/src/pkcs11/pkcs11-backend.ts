import { randomBytes } from 'node:crypto'
import { DecryptionError, NONCE_SIZE, Secret } from '@hufu/crypto'
import { DamagedMaterial, type KeyBackend, type MaterialWrap, SoftwareKeys } from '@hufu/kms'
import type { Cryptoki } from './cryptoki.ts'
import { TokenKeys } from './token-keys.ts'
import type { TokenIdentity } from './token-session.ts'

/**
 * Keys in a PKCS#11 token. AES is used inside it; what the token has no mechanism for is used in process memory,
 * sealed by the token at rest, and says SOFTWARE. Opens the token at once; throws `BackendUnavailable`.
 */
export function pkcs11Backend(cryptoki: Cryptoki, identity: TokenIdentity, description: string): KeyBackend {
  const token = new TokenKeys(cryptoki, identity)
  const software = new SoftwareKeys(wrapInToken(token))
  token.probe()
  return {
    description,
    protection(spec) {
      if (spec === 'AES_256') return 'HSM'
      return software.supports(spec) ? 'SOFTWARE' : null
    },
    async generate(spec) {
      return spec === 'AES_256' ? { wrapped: token.generateAes(), publicKey: null } : software.generate(spec)
    },
    seal: async (key, nonce, aad, plaintext) =>
      (key.spec === 'AES_256' ? token : software).seal(key, nonce, aad, plaintext),
    open: async (key, nonce, aad, sealed) => (key.spec === 'AES_256' ? token : software).open(key, nonce, aad, sealed),
    random: async (size) => token.random(size),
    forget(id) {
      token.forget(id)
      software.forget(id)
    },
    ready: async () => token.probe(),
    async close() {
      software.close()
      token.close()
      cryptoki.close()
    },
  }
}

/** Nonce, ciphertext and tag of AES-256-GCM inside the token; the kind of key is bound as associated data. */
const wrapInToken = (token: TokenKeys): MaterialWrap => ({
  wrap(material, spec) {
    const nonce = randomBytes(NONCE_SIZE)
    return Buffer.concat([nonce, token.sealAtRest(nonce, label(spec), material.bytes())])
  },
  unwrap({ id, spec, wrapped }) {
    try {
      return Secret.take(token.openAtRest(wrapped.subarray(0, NONCE_SIZE), label(spec), wrapped.subarray(NONCE_SIZE)))
    } catch (cause) {
      if (!(cause instanceof DecryptionError)) throw cause
      throw new DamagedMaterial(id, { cause })
    }
  },
})

const label = (spec: string): Uint8Array => Buffer.from(`hufu material ${spec}`)
