import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Vault } from '../vault/vault.ts'
import type { AccessKey, Session } from './access-key.ts'

/** An access key that was just made: the one time that its secret is there to be read. */
export interface NewAccessKey {
  readonly accessKey: AccessKey
  readonly secretAccessKey: string
}

export interface NewSession extends NewAccessKey {
  readonly sessionToken: string
}

/** RFC 4648 section 6, as access key ids are everywhere. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `AKIA…`, `AIDA…`: a prefix that says of what, and 16 letters. */
export const uniqueId = (prefix: string): string =>
  prefix + Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Makes access keys; their secrets are kept only sealed by the vault. */
export class Credentials {
  readonly vault: Vault
  readonly #clock: Clock

  constructor(vault: Vault, clock: Clock) {
    this.vault = vault
    this.#clock = clock
  }

  make(principal: string): Promise<NewAccessKey> {
    return this.#make('AKIA', principal, null)
  }

  async makeSession(principal: string, session: Omit<Session, 'tokenHash'>): Promise<NewSession> {
    const sessionToken = randomBytes(96).toString('base64')
    const made = await this.#make('ASIA', principal, { ...session, tokenHash: tokenHash(sessionToken) })
    return { ...made, sessionToken }
  }

  async #make(prefix: string, principal: string, session: Session | null): Promise<NewAccessKey> {
    const id = uniqueId(prefix)
    const secretAccessKey = randomBytes(30).toString('base64')
    const sealedSecret = await this.vault.seal(secretPurpose(id, principal), Buffer.from(secretAccessKey))
    const unused = { lastUsedAt: null, lastUsedService: null }
    const accessKey = { id, principal, sealedSecret, active: true, createdAt: this.#clock(), ...unused, session }
    return { accessKey, secretAccessKey }
  }
}

export const secretPurpose = (id: string, principal: string): string => `access key ${id} of ${principal}`
