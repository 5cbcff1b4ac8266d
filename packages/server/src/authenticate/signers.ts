import { HufuError } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import type { KmsPort } from '../kms-port.ts'
import { Signer } from './signer.ts'

/** Milliseconds after which an access key is looked up again: so long may one still work that was made inactive. */
const KEPT_FOR = 1_000
const KEPT_MAX = 10_000

/** The access keys in use, looked up once a second and not once a request. */
export class Signers {
  readonly #kept: LRUCache<string, Signer>
  readonly #identities: KmsPort['identities']

  constructor(identities: KmsPort['identities']) {
    this.#identities = identities
    this.#kept = new LRUCache({
      max: KEPT_MAX,
      ttl: KEPT_FOR,
      fetchMethod: (accessKeyId) => this.#lookUp(accessKeyId),
      // A request may have it in hand: its check of the signature runs before the next turn of the event loop.
      dispose: (signer) => setImmediate(() => signer[Symbol.dispose]()),
    })
  }

  /** Throws `UnknownAccessKey`. */
  async find(accessKeyId: string): Promise<Signer> {
    const signer = this.held(accessKeyId) ?? (await this.#kept.fetch(accessKeyId))
    if (signer !== undefined) return signer
    throw new HufuError('UnknownAccessKey', 'expected an active access key, received one that is unknown or inactive')
  }

  /** The same at once, or undefined when it must be looked up. */
  held(accessKeyId: string): Signer | undefined {
    return this.#kept.get(accessKeyId)
  }

  /** What was known of them is asked again. */
  forget(): void {
    this.#kept.clear()
  }

  async #lookUp(accessKeyId: string): Promise<Signer | undefined> {
    const identity = await this.#identities.find(accessKeyId)
    if (identity?.active) return new Signer(identity)
    identity?.secret[Symbol.dispose]()
    if (identity?.session !== undefined)
      throw new HufuError('SessionExpired', 'expected credentials of a session that goes on, received ended ones')
    return undefined
  }

  /** Zeroises every secret. */
  close(): void {
    this.#kept.clear()
  }
}
