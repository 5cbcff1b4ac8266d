import { DecryptionError, Secret } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import type { Clock } from '../clock.ts'
import { entityArn } from '../directory/arns.ts'
import { readEntry } from '../directory/documents.ts'
import { toHufuError } from '../failure.ts'
import type { Store } from '../store/store.ts'
import type { AccessKey, Session } from './access-key.ts'
import { type CertificateNames, certifiedUser } from './certificate-names.ts'
import { type Credentials, secretPurpose } from './credentials.ts'

export interface Identity {
  /** The principal's ARN. */
  readonly principal: string
  readonly accessKeyId: string
  /** The secret access key's text as bytes; the caller owns it and disposes of it. */
  readonly secret: Secret
  /** False too for a session that has ended. */
  readonly active: boolean
  /** Of temporary credentials. */
  readonly session?: Session
}

/** Milliseconds for which a last use is not written again. */
const USE_NOTED = 60_000

/** Who may sign requests. Secret access keys are stored only sealed by the vault. */
export class Identities {
  readonly #store: Store
  readonly #credentials: Credentials
  readonly #clock: Clock
  readonly #accountId: string

  constructor(store: Store, credentials: Credentials, clock: Clock, accountId: string) {
    this.#store = store
    this.#credentials = credentials
    this.#clock = clock
    this.#accountId = accountId
  }

  /** Null when there is no such access key. Throws `Integrity` when what is stored of it was changed. */
  async find(accessKeyId: string): Promise<Identity | null> {
    const accessKey = await this.#store.accessKey(accessKeyId)
    return accessKey === null ? null : this.#identity(accessKey)
  }

  /** The ARN of the user whom a certificate names; null when there is none. Whether it may be believed is not asked. */
  async certified(names: CertificateNames): Promise<string | null> {
    const named = certifiedUser(names, this.#accountId)
    const user = named === null ? null : await readEntry(this.#store, 'user', named.name)
    if (named === null || user === null) return null
    const arn = entityArn(this.#accountId, 'user', user)
    return 'arn' in named && named.arn !== arn ? null : arn
  }

  /** Keeps when an access key was last used, to the minute. */
  async used(accessKeyId: string, service: string): Promise<void> {
    const now = this.#clock()
    const known = await this.#store.accessKey(accessKeyId)
    if (known === null || known.session !== null || (known.lastUsedAt ?? 0) > now - USE_NOTED) return
    await this.#store.transact(async (writes) => {
      const accessKey = await writes.accessKey(accessKeyId)
      if (accessKey !== null) await writes.updateAccessKey({ ...accessKey, lastUsedAt: now, lastUsedService: service })
    })
  }

  /** The principal's first access key, made when there is none. */
  async firstOf(principal: string): Promise<Identity> {
    const { accessKey: fresh } = await this.#credentials.make(principal)
    const accessKey = await this.#store.transact(async (writes) => {
      const id = await writes.keepSetting(`first access key of ${principal}`, fresh.id)
      if (id === fresh.id) await writes.insertAccessKey(fresh)
      return (await writes.accessKey(id)) ?? fresh
    })
    return this.#identity(accessKey)
  }

  async #identity({ id, principal, sealedSecret, active, session }: AccessKey): Promise<Identity> {
    const secret = await this.#credentials.vault.open(secretPurpose(id, principal), sealedSecret).catch((cause) => {
      throw cause instanceof DecryptionError ? damaged(id, cause) : toHufuError(cause)
    })
    const good = active && (session === null || session.expiresAt > this.#clock())
    return {
      principal,
      accessKeyId: id,
      secret: Secret.take(secret),
      active: good,
      ...(session === null ? {} : { session }),
    }
  }
}

const damaged = (id: string, cause: unknown): HufuError =>
  new HufuError('Integrity', `the stored secret of access key ${id} is damaged`, { cause })
