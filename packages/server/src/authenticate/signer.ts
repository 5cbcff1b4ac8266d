import type { Identity, Session } from '@hufu/kms'
import { type SigningScope, sigV4SigningKey, type Tc3Scope, tc3SigningKey } from '@hufu/wire'
import { LRUCache } from 'lru-cache'

/** Signing keys kept of one access key: its days, regions and services. */
const SCOPES_MAX = 32

/** Somebody with an active access key, and the means to check what they sign. Owns the identity's secret. */
export class Signer implements Disposable {
  readonly principal: string
  readonly accessKeyId: string
  /** Undefined for lasting credentials. */
  readonly session: Session | undefined
  readonly #secret: Identity['secret']
  readonly #keys = new LRUCache<string, Uint8Array>({ max: SCOPES_MAX, dispose: (key) => key.fill(0) })

  constructor({ principal, accessKeyId, secret, session }: Identity) {
    this.principal = principal
    this.accessKeyId = accessKeyId
    this.session = session
    this.#secret = secret
  }

  sigV4Key(scope: SigningScope): Uint8Array {
    return this.#key(`${scope.date}/${scope.region}/${scope.service}`, (secret) => sigV4SigningKey(secret, scope))
  }

  tc3Key(scope: Tc3Scope): Uint8Array {
    return this.#key(`${scope.date}/${scope.service}`, (secret) => tc3SigningKey(secret, scope))
  }

  /** The secret access key itself, for the signatures that have no derived keys. Not to be kept. */
  unsafeSecret(): Uint8Array {
    return this.#secret.bytes()
  }

  [Symbol.dispose](): void {
    this.#keys.clear()
    this.#secret[Symbol.dispose]()
  }

  #key(scope: string, derive: (secret: string) => Uint8Array): Uint8Array {
    const kept = this.#keys.get(scope)
    if (kept !== undefined) return kept
    const key = derive(Buffer.from(this.#secret.bytes()).toString())
    this.#keys.set(scope, key)
    return key
  }
}
