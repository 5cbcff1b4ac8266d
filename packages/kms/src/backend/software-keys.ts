import { type Aead, type AeadAlgorithm, aead, Secret } from '@hufu/crypto'
import type { KeySpec } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import type { KeyMaterial, NewMaterial } from './key-backend.ts'

/** Protects material at rest. `unwrap` throws `DamagedMaterial` for what `wrap` did not return. */
export interface MaterialWrap {
  wrap(material: Secret, spec: KeySpec): Uint8Array
  unwrap(key: KeyMaterial): Secret
}

const CACHED_KEYS = 16_384

const symmetric: Partial<Record<KeySpec, { algorithm: AeadAlgorithm; size: number }>> = {
  AES_256: { algorithm: 'AES-256-GCM', size: 32 },
}

/** Keys used in process memory: what a token has no mechanism for, or everything when there is no token. */
export class SoftwareKeys {
  readonly #wrap: MaterialWrap
  readonly #ciphers = new LRUCache<string, Aead>({
    max: CACHED_KEYS,
    dispose: (cipher) => cipher[Symbol.dispose](),
  })

  constructor(wrap: MaterialWrap) {
    this.#wrap = wrap
  }

  supports(spec: KeySpec): boolean {
    return symmetric[spec] !== undefined
  }

  generate(spec: KeySpec): NewMaterial {
    using material = Secret.random(kind(spec).size)
    return { wrapped: this.#wrap.wrap(material, spec), publicKey: null }
  }

  seal(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    return this.#cipher(key).seal(nonce, aad, plaintext)
  }

  open(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
    return this.#cipher(key).open(nonce, aad, sealed)
  }

  forget(id: string): void {
    this.#ciphers.delete(id)
  }

  close(): void {
    this.#ciphers.clear()
  }

  #cipher(key: KeyMaterial): Aead {
    const held = this.#ciphers.get(key.id)
    if (held !== undefined) return held
    const cipher = aead(kind(key.spec).algorithm, this.#wrap.unwrap(key))
    this.#ciphers.set(key.id, cipher)
    return cipher
  }
}

function kind(spec: KeySpec) {
  const found = symmetric[spec]
  if (found === undefined) throw new TypeError(`expected a kind of key that is used in software, received ${spec}`)
  return found
}
