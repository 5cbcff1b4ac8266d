import { randomBytes } from 'node:crypto'
import { type Aead, aead, NONCE_SIZE, Secret } from '@hufu/crypto'
import type { KeySpec } from '@hufu/wire'
import { DamagedMaterial } from '../backend-error.ts'
import type { KeyBackend } from '../key-backend.ts'
import { type MaterialWrap, SoftwareKeys } from './software-keys.ts'

/**
 * A backend in process memory, under a root key of 32 bytes that it takes over and wipes at close.
 * It says SOFTWARE of every key.
 */
export function softwareBackend(rootKey: Secret, description: string): KeyBackend {
  const root = aead('AES-256-GCM', rootKey)
  const keys = new SoftwareKeys(wrapUnder(root))
  return {
    description,
    protection: (spec) => (keys.supports(spec) ? 'SOFTWARE' : null),
    generate: (spec) => keys.generate(spec),
    importKey: async (spec, wrapping, algorithm, encrypted) => keys.importKey(spec, wrapping, algorithm, encrypted),
    exportKeys: async (exported, publicKey) => keys.exportKeys(exported, publicKey),
    receiveKeys: async (spec, wrapping, { kek, wrapped }) =>
      keys.receiveKeys(spec, Secret.take(keys.decrypt(wrapping, 'RSAES_OAEP_SHA_1', kek)), wrapped),
    seal: async (key, nonce, aad, plaintext) => keys.seal(key, nonce, aad, plaintext),
    open: async (key, nonce, aad, sealed) => keys.open(key, nonce, aad, sealed),
    sign: async (key, algorithm, digest) => keys.sign(key, algorithm, digest),
    decrypt: async (key, algorithm, ciphertext) => keys.decrypt(key, algorithm, ciphertext),
    mac: async (key, message) => keys.mac(key, message),
    decapsulate: async (key, encapsulation) => keys.decapsulate(key, encapsulation),
    agree: async (key, publicKey) => keys.agree(key, publicKey),
    random: async (size) => new Uint8Array(randomBytes(size)),
    forget: (id) => keys.forget(id),
    ready: async () => {},
    close: async () => {
      keys.close()
      root[Symbol.dispose]()
      rootKey[Symbol.dispose]()
    },
  }
}

/** The reference backend: its root key is gone with it. */
export const memoryBackend = (): KeyBackend => softwareBackend(Secret.random(32), 'memory (SOFTWARE, not kept)')

/** Nonce, ciphertext and tag of AES-256-GCM; the kind of key is bound as associated data. */
export function wrapUnder(root: Aead): MaterialWrap {
  return {
    wrap(material, spec) {
      const nonce = randomBytes(NONCE_SIZE)
      return new Uint8Array(Buffer.concat([nonce, root.seal(nonce, label(spec), material.bytes())]))
    },
    unwrap({ id, spec, wrapped }) {
      try {
        return Secret.take(root.open(wrapped.subarray(0, NONCE_SIZE), label(spec), wrapped.subarray(NONCE_SIZE)))
      } catch (cause) {
        throw new DamagedMaterial(id, { cause })
      }
    },
  }
}

const label = (spec: KeySpec): Uint8Array => Buffer.from(`hufu material ${spec}`)
