import { randomBytes, randomInt } from 'node:crypto'
import { DecryptionError, Secret } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import type { Clock } from '../clock.ts'
import { toHufuError } from '../failure.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../vault/vault.ts'
import type { AccessKey } from './access-key.ts'

export interface Identity {
  /** The principal's ARN. */
  readonly principal: string
  readonly accessKeyId: string
  /** The secret access key's text as bytes; the caller owns it and disposes of it. */
  readonly secret: Secret
  readonly active: boolean
}

/** Who may sign requests. Secret access keys are stored only sealed by the vault. */
export class Identities {
  readonly #store: Store
  readonly #vault: Vault
  readonly #clock: Clock

  constructor(store: Store, vault: Vault, clock: Clock) {
    this.#store = store
    this.#vault = vault
    this.#clock = clock
  }

  /** Null when there is no such access key. Throws `Integrity` when what is stored of it was changed. */
  async find(accessKeyId: string): Promise<Identity | null> {
    const accessKey = await this.#store.accessKey(accessKeyId)
    return accessKey === null ? null : this.#identity(accessKey)
  }

  /** The principal's first access key, made when there is none. */
  async firstOf(principal: string): Promise<Identity> {
    const fresh = await this.#make(principal)
    const accessKey = await this.#store.transact(async (writes) => {
      const id = await writes.keepSetting(`first access key of ${principal}`, fresh.id)
      if (id === fresh.id) await writes.insertAccessKey(fresh)
      return (await writes.accessKey(id)) ?? fresh
    })
    return this.#identity(accessKey)
  }

  async #make(principal: string): Promise<AccessKey> {
    const id = `AKIA${letters(16)}`
    const secret = Buffer.from(randomBytes(30).toString('base64'))
    const sealedSecret = await this.#vault.seal(purpose(id, principal), secret)
    secret.fill(0)
    return { id, principal, sealedSecret, active: true, createdAt: this.#clock() }
  }

  async #identity({ id, principal, sealedSecret, active }: AccessKey): Promise<Identity> {
    const secret = await this.#vault.open(purpose(id, principal), sealedSecret).catch((cause) => {
      throw cause instanceof DecryptionError ? damaged(id, cause) : toHufuError(cause)
    })
    return { principal, accessKeyId: id, secret: Secret.take(secret), active }
  }
}

const damaged = (id: string, cause: unknown): HufuError =>
  new HufuError('Integrity', `the stored secret of access key ${id} is damaged`, { cause })

const purpose = (id: string, principal: string): string => `access key ${id} of ${principal}`

/** RFC 4648 section 6, as access key ids are everywhere. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const letters = (count: number): string =>
  Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
