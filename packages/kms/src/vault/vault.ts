import { createHash } from 'node:crypto'
import { DecryptionError, NONCE_SIZE } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import { DamagedMaterial } from '../backend/backend-error.ts'
import type { KeyBackend, KeyMaterial } from '../backend/key-backend.ts'
import type { Nonces } from '../ciphertext/nonces.ts'
import type { KeyVersion } from '../key/key.ts'
import type { Store } from '../store/store.ts'

const SETTING = 'vault'

/** The service's own key in the backend: what it seals with it is of use to this backend and this purpose only. */
export class Vault {
  readonly #backend: KeyBackend
  readonly #key: KeyMaterial
  readonly #nonces: Nonces

  private constructor(backend: KeyBackend, key: KeyMaterial, nonces: Nonces) {
    this.#backend = backend
    this.#key = key
    this.#nonces = nonces
  }

  /** Makes the key at first opening. Throws `Integrity` when the store was made with another backend. */
  static async open(backend: KeyBackend, store: Store, nonces: Nonces): Promise<Vault> {
    const wrapped = (await store.setting(SETTING)) ?? (await createKey(backend, store))
    const key: KeyMaterial = { id: 'vault/1', spec: 'AES_256', wrapped: Buffer.from(wrapped, 'base64') }
    const vault = new Vault(backend, key, nonces)
    try {
      await vault.open('probe', await vault.seal('probe', Buffer.of(1)))
    } catch (cause) {
      if (!(cause instanceof DamagedMaterial)) throw cause
      throw new HufuError(
        'Integrity',
        `expected the backend that the store was made with, received ${backend.description}`,
        {
          cause,
        },
      )
    }
    return vault
  }

  /** The purpose is bound: only `open` with the same one gives the plaintext back, which is not empty. */
  async seal(purpose: string, plaintext: Uint8Array): Promise<Uint8Array> {
    const nonce = this.#nonces.next()
    return Buffer.concat([nonce, await this.#backend.seal(this.#key, nonce, label(purpose), plaintext)])
  }

  /** Throws `DecryptionError`. */
  async open(purpose: string, sealed: Uint8Array): Promise<Uint8Array> {
    const nonce = sealed.subarray(0, NONCE_SIZE)
    if (nonce.length < NONCE_SIZE) throw new DecryptionError()
    return this.#backend.open(this.#key, nonce, label(purpose), sealed.subarray(NONCE_SIZE))
  }

  /** Ties the material to its key and version. */
  bind(version: Omit<KeyVersion, 'binding'>): Promise<Uint8Array> {
    return this.seal(bindingPurpose(version), Buffer.of(1))
  }

  /** Throws `DamagedMaterial` when the material is not what was bound to this key and version. */
  async checkBinding(version: KeyVersion): Promise<void> {
    try {
      await this.open(bindingPurpose(version), version.binding)
    } catch (cause) {
      if (cause instanceof DecryptionError) throw new DamagedMaterial(materialId(version), { cause })
      throw cause
    }
  }
}

export const materialId = ({ keyId, version }: Pick<KeyVersion, 'keyId' | 'version'>): string => `${keyId}/${version}`

const label = (purpose: string): Uint8Array => Buffer.from(`hufu vault ${purpose}`)

const bindingPurpose = (version: Omit<KeyVersion, 'binding'>): string =>
  `version ${materialId(version)} ${sha256(version.wrapped)} ${sha256(version.publicKey ?? new Uint8Array())}`

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function createKey(backend: KeyBackend, store: Store): Promise<string> {
  const { wrapped } = await backend.generate('AES_256')
  return store.transact((writes) => writes.keepSetting(SETTING, Buffer.from(wrapped).toString('base64')))
}
