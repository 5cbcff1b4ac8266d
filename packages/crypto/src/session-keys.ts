import type { Aead } from './aead.ts'

const KEPT = 64

/** The keys of the last sessions that were used, derived when first asked for. */
export class SessionKeys implements Disposable {
  readonly #derive: (session: Uint8Array) => Aead
  readonly #keys = new Map<string, Aead>()
  /** The session that was asked for last, by identity: a writer asks for its own again and again. */
  #last: { readonly session: Uint8Array; readonly key: Aead } | null = null

  constructor(derive: (session: Uint8Array) => Aead) {
    this.#derive = derive
  }

  /** The key of the session. The keys of the last 64 sessions are kept; the key is not to be kept by the caller. */
  of(session: Uint8Array): Aead {
    if (this.#last?.session === session) return this.#last.key
    const key = this.#named(session)
    this.#last = { session, key }
    return key
  }

  #named(session: Uint8Array): Aead {
    const name = Buffer.from(session.buffer, session.byteOffset, session.length).toString('latin1')
    const known = this.#keys.get(name)
    if (known === undefined) return this.#add(name, this.#derive(session))
    if (this.#keys.size === KEPT) this.#touch(name, known)
    return known
  }

  [Symbol.dispose](): void {
    for (const key of this.#keys.values()) key[Symbol.dispose]()
    this.#keys.clear()
    this.#last = null
  }

  #add(name: string, key: Aead): Aead {
    const [oldest] = this.#keys
    if (this.#keys.size === KEPT && oldest !== undefined) {
      this.#keys.delete(oldest[0])
      oldest[1][Symbol.dispose]()
    }
    this.#keys.set(name, key)
    return key
  }

  #touch(name: string, key: Aead): void {
    this.#keys.delete(name)
    this.#keys.set(name, key)
  }
}
