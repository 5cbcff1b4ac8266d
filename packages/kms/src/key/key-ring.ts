import { HufuError, type KeyEvent, type KeySpec, parseKeyName } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { DamagedMaterial } from '../backend/backend-error.ts'
import type { KeyMaterial } from '../backend/key-backend.ts'
import type { Place } from '../kms-parts.ts'
import type { Store } from '../store/store.ts'
import { materialId, type Vault } from '../vault/vault.ts'
import type { Key } from './key.ts'

const CACHED_KEYS = 100_000

interface LoadedVersion {
  readonly material: KeyMaterial
  readonly publicKey: Uint8Array | null
}

/** Finds keys by name and their material by version, from memory where it can. */
export class KeyRing {
  readonly #store: Store
  readonly #vault: Vault
  readonly #place: Place
  readonly #drop: (materialId: string) => void
  readonly #keys = new LRUCache<string, Key>({ max: CACHED_KEYS })
  readonly #aliases = new LRUCache<string, string>({ max: CACHED_KEYS })
  readonly #materials = new LRUCache<string, LoadedVersion>({ max: CACHED_KEYS })
  /** Goes up with each change, so that nothing read before a change is kept after it. */
  #generation = 0

  /** `drop` is told which material is not to be held any longer. */
  constructor(store: Store, vault: Vault, place: Place, drop: (materialId: string) => void) {
    this.#drop = drop
    this.#store = store
    this.#vault = vault
    this.#place = place
  }

  /** Null when there is no such key. Throws `InvalidKeyId` for what can't be a name. */
  async find(name: string): Promise<Key | null> {
    const held = this.held(name)
    if (held !== undefined) return held
    const id = await this.#idOf(name)
    return id === null ? null : (this.held(id) ?? this.#load(id))
  }

  /**
   * The key of that name at once, or undefined when it must be looked for. What is held may be out of date while
   * changes of other processes are not heard.
   */
  held(name: string): Key | undefined {
    if (!this.#store.hearsOthers()) return undefined
    const key = this.#keys.get(name)
    if (key !== undefined) return key
    const id = this.#aliases.get(name)
    return id === undefined ? undefined : this.#keys.get(id)
  }

  /** Throws `Integrity` when what is stored is not the material of this version, and `KeyNotFound` when there is none. */
  async material(key: Key, version: number = key.version): Promise<KeyMaterial> {
    return (await this.#version(key, version)).material
  }

  /** The same at once, or undefined when it must be looked for. */
  heldMaterial(key: Key, version: number = key.version): KeyMaterial | undefined {
    return this.#materials.get(materialId({ keyId: key.id, version }))?.material
  }

  /** Of the newest version: SubjectPublicKeyInfo in DER; null for a symmetric key. Throws as `material` does. */
  async publicKey(key: Key): Promise<Uint8Array | null> {
    return (await this.#version(key, key.version)).publicKey
  }

  /** Drops what is known of the key: its row, its names, its material. */
  forget({ keyId, change }: KeyEvent): void {
    if (change === 'policy') return
    this.#generation += 1
    this.#aliases.clear()
    if (keyId === '*') {
      this.#keys.clear()
      this.#materials.clear()
      return
    }
    const key = this.#keys.get(keyId)
    this.#keys.delete(keyId)
    for (let version = 1; version <= (key?.version ?? 0); version++) {
      this.#materials.delete(materialId({ keyId, version }))
      this.#drop(materialId({ keyId, version }))
    }
  }

  async #idOf(name: string): Promise<string | null> {
    const held = this.#store.hearsOthers() ? this.#aliases.get(name) : undefined
    if (held !== undefined) return held
    const parsed = parseKeyName(name)
    const { region = this.#place.region, accountId = this.#place.accountId } = parsed
    if (region !== this.#place.region || accountId !== this.#place.accountId) return null
    if (parsed.kind === 'id') return parsed.keyId
    const generation = this.#generation
    const id = await this.#store.keyIdOfAlias(parsed.alias)
    if (id !== null && generation === this.#generation) this.#aliases.set(name, id)
    return id
  }

  async #load(id: string): Promise<Key | null> {
    const generation = this.#generation
    const key = await this.#store.key(id)
    if (key !== null && generation === this.#generation) this.#keys.set(id, key)
    return key
  }

  async #version(key: Key, version: number): Promise<LoadedVersion> {
    const id = materialId({ keyId: key.id, version })
    const held = this.#materials.get(id)
    if (held !== undefined) return held
    const generation = this.#generation
    const loaded = await this.#loadVersion(key.id, version, key.spec)
    if (generation === this.#generation) this.#materials.set(id, loaded)
    return loaded
  }

  async #loadVersion(keyId: string, version: number, spec: KeySpec): Promise<LoadedVersion> {
    const stored = await this.#store.version(keyId, version)
    if (stored === null) throw new HufuError('KeyNotFound', `expected a version of key ${keyId}, received ${version}`)
    try {
      await this.#vault.checkBinding(stored)
    } catch (cause) {
      if (!(cause instanceof DamagedMaterial)) throw cause
      throw new HufuError('Integrity', `the stored material of key ${keyId}, version ${version}, is damaged`, { cause })
    }
    const { wrapped, publicKey } = stored
    return { material: { id: materialId(stored), spec, wrapped }, publicKey }
  }
}
