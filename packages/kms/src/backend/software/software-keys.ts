import { DecryptionError, Secret, unwrapKey, wrapKey } from '@hufu/crypto'
import type { EncryptionAlgorithm, KeySpec, SigningAlgorithm, Transfer } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { encryptTo } from '../../algorithms/public-key.ts'
import type { KeyMaterial, NewMaterial } from '../key-backend.ts'
import { type SoftwareKey, type SoftwareKeyKind, softwareKeyKinds } from './software-key.ts'

/** Protects material at rest. `unwrap` throws `DamagedMaterial` for what `wrap` did not return. */
export interface MaterialWrap {
  wrap(material: Secret, spec: KeySpec): Uint8Array
  unwrap(key: KeyMaterial): Secret
}

const HELD_KEYS = 65_536
const KEK_SIZE = 32

/** Keys used in process memory: what a token has no mechanism for, or everything when there is no token. */
export class SoftwareKeys {
  readonly #wrap: MaterialWrap
  readonly #held = new LRUCache<string, SoftwareKey>({ max: HELD_KEYS, dispose: (key) => key[Symbol.dispose]() })

  constructor(wrap: MaterialWrap) {
    this.#wrap = wrap
  }

  supports(spec: KeySpec): boolean {
    return softwareKeyKinds[spec] !== undefined
  }

  async generate(spec: KeySpec): Promise<NewMaterial> {
    const { material, publicKey } = await kindOf(spec).generate()
    using own = material
    return { wrapped: this.#wrap.wrap(own, spec), publicKey }
  }

  /** Throws `DecryptionError`. */
  importKey(spec: KeySpec, wrapping: KeyMaterial, algorithm: EncryptionAlgorithm, encrypted: Uint8Array): NewMaterial {
    return this.wrapGiven(spec, this.decrypt(wrapping, algorithm, encrypted))
  }

  /** Wraps material from elsewhere and wipes it. Throws `DecryptionError` when it is none of that kind. */
  wrapGiven(spec: KeySpec, given: Uint8Array): NewMaterial {
    using material = Secret.take(given)
    try {
      kindOf(spec).load(material)[Symbol.dispose]()
    } catch (cause) {
      throw new DecryptionError({ cause })
    }
    return { wrapped: this.#wrap.wrap(material, spec), publicKey: null }
  }

  /** Versions of one key for another backend (docs/formats/replica.md). */
  exportKeys(keys: readonly KeyMaterial[], publicKey: Uint8Array): Transfer {
    using kek = Secret.random(KEK_SIZE)
    const wrapped = keys.map((key) => {
      using material = this.#wrap.unwrap(key)
      return wrapKey(kek, material)
    })
    return { kek: encryptTo('RSAES_OAEP_SHA_1', publicKey, kek.bytes()), wrapped }
  }

  /** What another backend wrapped under the key, which is disposed of. Throws `DecryptionError`. */
  receiveKeys(spec: KeySpec, kek: Secret, wrapped: readonly Uint8Array[]): Uint8Array[] {
    using own = kek
    if (own.size !== KEK_SIZE) throw new DecryptionError()
    return wrapped.map((each) => {
      using material = unwrapKey(own, each)
      return this.wrapGiven(spec, Uint8Array.from(material.bytes())).wrapped
    })
  }

  seal(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    return can(key, this.#key(key), 'seal')(nonce, aad, plaintext)
  }

  open(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
    return can(key, this.#key(key), 'open')(nonce, aad, sealed)
  }

  sign(key: KeyMaterial, algorithm: SigningAlgorithm, digest: Uint8Array): Uint8Array {
    return can(key, this.#key(key), 'sign')(algorithm, digest)
  }

  decrypt(key: KeyMaterial, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Uint8Array {
    return can(key, this.#key(key), 'decrypt')(algorithm, ciphertext)
  }

  mac(key: KeyMaterial, message: Uint8Array): Uint8Array {
    return can(key, this.#key(key), 'mac')(message)
  }

  agree(key: KeyMaterial, publicKey: Uint8Array): Uint8Array {
    return can(key, this.#key(key), 'agree')(publicKey)
  }

  /** The caller disposes of it. Throws `DecryptionError`. */
  decapsulate(key: KeyMaterial, encapsulation: Uint8Array): Secret {
    return can(key, this.#key(key), 'decapsulate')(encapsulation)
  }

  forget(id: string): void {
    this.#held.delete(id)
  }

  close(): void {
    this.#held.clear()
  }

  #key(key: KeyMaterial): SoftwareKey {
    const held = this.#held.get(key.id)
    if (held !== undefined) return held
    using material = this.#wrap.unwrap(key)
    const loaded = kindOf(key.spec).load(material)
    this.#held.set(key.id, loaded)
    return loaded
  }
}

type Use = Exclude<keyof SoftwareKey, symbol>

function can<U extends Use>({ spec }: KeyMaterial, key: SoftwareKey, use: U): NonNullable<SoftwareKey[U]> {
  const method = key[use]
  if (method === undefined) throw new TypeError(`expected a key that can ${use}, received ${spec}`)
  return method.bind(key) as NonNullable<SoftwareKey[U]>
}

function kindOf(spec: KeySpec): SoftwareKeyKind {
  const kind = softwareKeyKinds[spec]
  if (kind === undefined) throw new TypeError(`expected a kind of key that is used in software, received ${spec}`)
  return kind
}
