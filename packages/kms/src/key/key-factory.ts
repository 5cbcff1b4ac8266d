import { type CreateKeyInput, HufuError, type KeySpec, type KeyUse, keyKinds } from '@hufu/wire'
import type { KeyBackend, NewMaterial } from '../backend/key-backend.ts'
import type { Clock } from '../clock.ts'
import { checkAlias, checkDescription, checkTags } from '../limits.ts'
import type { Writes } from '../store/store.ts'
import type { Vault } from '../vault/vault.ts'
import type { Key, KeyVersion, VersionCause } from './key.ts'
import { checkMode, defaultSpec, type RegionMode } from './region-mode.ts'

export interface NewKey {
  readonly key: Key
  write(writes: Writes): Promise<void>
}

/** Makes keys and their versions. */
export class KeyFactory {
  readonly #backend: KeyBackend
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #mode: RegionMode | null
  readonly #region: string

  constructor(backend: KeyBackend, vault: Vault, clock: Clock, mode: RegionMode | null, region: string) {
    this.#region = region
    this.#mode = mode
    this.#backend = backend
    this.#vault = vault
    this.#clock = clock
  }

  /** Generates the material now; nothing is kept until `write`. */
  async make(id: string, input: CreateKeyInput, creator: string): Promise<NewKey> {
    const { spec = defaultSpec(this.#mode), alias = '', origin = 'KMS' } = input
    checkMode(this.#mode, spec)
    const external = origin === 'EXTERNAL'
    if (external) checkImportable(spec)
    if (alias !== '') checkAlias(alias)
    const key: Key = {
      id,
      alias,
      description: checkDescription(input.description ?? ''),
      state: external ? 'PendingImport' : 'Enabled',
      spec,
      use: useOf(spec, input.use),
      origin,
      protection: this.#protection(spec),
      creator,
      createdAt: this.#clock(),
      version: external ? 0 : 1,
      rotationDays: null,
      nextRotationAt: null,
      lastRotatedAt: null,
      deletionAt: null,
      materialExpiresAt: null,
      materialCheck: null,
      multiRegion: input.multiRegion === true ? newGroup(this.#region) : null,
      syncAt: null,
    }
    const tags = checkTags(input.tags ?? {})
    const version = external ? null : await this.makeVersion(key, 1, 'created')
    return {
      key,
      async write(writes) {
        await writes.insertKey(key)
        if (version !== null) await writes.insertVersion(version)
        if (alias !== '') await writes.insertAlias(alias, key.id, key.createdAt)
        await writes.putTags(key.id, tags)
      },
    }
  }

  async makeVersion(key: Key, version: number, cause: VersionCause): Promise<KeyVersion> {
    const material = await this.#backend.generate(key.spec)
    return this.#bound({ keyId: key.id, version, createdAt: this.#clock(), cause, ...material })
  }

  async #bound(version: Omit<KeyVersion, 'binding'>): Promise<KeyVersion> {
    return { ...version, binding: await this.#vault.bind(version) }
  }

  /** Material that another region's backend wrapped, as a version here. */
  replicaVersion(version: Omit<KeyVersion, 'binding'>): Promise<KeyVersion> {
    return this.#bound(version)
  }

  /** The one version of an imported key. */
  async importedVersion(key: Key, material: NewMaterial): Promise<KeyVersion> {
    return this.#bound({ keyId: key.id, version: 1, createdAt: this.#clock(), cause: 'imported', ...material })
  }

  #protection(spec: KeySpec) {
    const protection = this.#backend.protection(spec)
    if (protection !== null) return protection
    throw new HufuError('NotSupported', `expected a key spec of this backend, received ${spec}`)
  }
}

/** What a key of this kind is for when the caller does not say. */
function useOf(spec: KeySpec, asked: KeyUse | undefined): KeyUse {
  const possible = keyKinds[spec].uses
  const use = asked ?? possible[0]
  if (use !== undefined && possible.includes(use)) return use
  throw new HufuError('InvalidKeyUsage', `expected a use of ${spec} among ${possible.join(', ')}, received ${asked}`)
}

function checkImportable(spec: KeySpec): void {
  if (spec === 'AES_256' || spec === 'SM4') return
  throw new HufuError('NotSupported', `expected AES_256 or SM4 for a key whose material is imported, received ${spec}`)
}

const newGroup = (region: string): Key['multiRegion'] => ({
  primaryRegion: region,
  regions: [region],
  generation: 1,
  sync: { status: 'none', message: '', startedAt: null, endedAt: null },
})
