import { type CreateKeyInput, HufuError, type KeySpec, type KeyUse } from '@hufu/wire'
import type { KeyBackend } from '../backend/key-backend.ts'
import type { Clock } from '../clock.ts'
import { checkAlias, checkDescription, checkTags } from '../limits.ts'
import type { Writes } from '../store/store.ts'
import type { Vault } from '../vault/vault.ts'
import type { Key, KeyVersion, VersionCause } from './key.ts'

export interface NewKey {
  readonly key: Key
  write(writes: Writes): Promise<void>
}

/** Makes keys and their versions. */
export class KeyFactory {
  readonly #backend: KeyBackend
  readonly #vault: Vault
  readonly #clock: Clock

  constructor(backend: KeyBackend, vault: Vault, clock: Clock) {
    this.#backend = backend
    this.#vault = vault
    this.#clock = clock
  }

  /** Generates the material now; nothing is kept until `write`. */
  async make(id: string, input: CreateKeyInput, creator: string): Promise<NewKey> {
    const { spec = 'AES_256', alias = '' } = input
    if (alias !== '') checkAlias(alias)
    const key: Key = {
      id,
      alias,
      description: checkDescription(input.description ?? ''),
      state: 'Enabled',
      spec,
      use: useOf(spec, input.use),
      origin: originOf(input),
      protection: this.#protection(spec),
      creator,
      createdAt: this.#clock(),
      version: 1,
      rotationDays: null,
      nextRotationAt: null,
      lastRotatedAt: null,
      deletionAt: null,
      materialExpiresAt: null,
    }
    const tags = checkTags(input.tags ?? {})
    const version = await this.makeVersion(key, 1, 'created')
    return {
      key,
      async write(writes) {
        await writes.insertKey(key)
        await writes.insertVersion(version)
        if (alias !== '') await writes.insertAlias(alias, key.id, key.createdAt)
        await writes.putTags(key.id, tags)
      },
    }
  }

  async makeVersion(key: Key, version: number, cause: VersionCause): Promise<KeyVersion> {
    const material = await this.#backend.generate(key.spec)
    const unbound = { keyId: key.id, version, createdAt: this.#clock(), cause, ...material }
    return { ...unbound, binding: await this.#vault.bind(unbound) }
  }

  #protection(spec: KeySpec) {
    const protection = this.#backend.protection(spec)
    if (protection !== null) return protection
    throw new HufuError('NotSupported', `expected a key spec of this backend, received ${spec}`)
  }
}

/** What a key of this kind is for when the caller does not say. */
function useOf(spec: KeySpec, asked: KeyUse | undefined): KeyUse {
  const possible = uses[spec]
  const use = asked ?? possible[0]
  if (use !== undefined && possible.includes(use)) return use
  throw new HufuError('InvalidKeyUsage', `expected a use of ${spec} among ${possible.join(', ')}, received ${asked}`)
}

const uses: Readonly<Record<KeySpec, readonly KeyUse[]>> = {
  AES_256: ['ENCRYPT_DECRYPT'],
  SM4: ['ENCRYPT_DECRYPT'],
  RSA_2048: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  RSA_3072: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  RSA_4096: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  ECC_NIST_P256: ['SIGN_VERIFY'],
  SM2: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  HMAC_256: ['GENERATE_VERIFY_MAC'],
}

function originOf({ origin = 'KMS' }: CreateKeyInput): Key['origin'] {
  if (origin === 'KMS') return origin
  throw new HufuError('NotSupported', 'expected a key whose material the service makes, received origin EXTERNAL')
}
