import type { KeyEvent } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { readEntry } from '../directory/documents.ts'
import type { GrantEntry } from '../directory/entry.ts'
import { CompiledPolicy, parsePolicy } from '../policy/index.ts'
import type { Store } from '../store/store.ts'

/** What access to one key depends on besides the key itself. */
export interface KeyFacts {
  readonly tags: Readonly<Record<string, string>>
  readonly aliases: readonly string[]
  readonly grants: readonly GrantEntry[]
}

const KEPT = 100_000

/** Key policies, grants, tags and aliases, from memory where it can. */
export class KeyAccess {
  readonly #store: Store
  /** Null: the key has the default policy. */
  readonly #policies = new LRUCache<string, { readonly policy: CompiledPolicy | null }>({ max: KEPT })
  readonly #facts = new LRUCache<string, KeyFacts>({ max: KEPT })
  /** Goes up with each change, so that nothing read before a change is kept after it. */
  #generation = 0

  constructor(store: Store) {
    this.#store = store
  }

  /** Null when the key has the default policy, which leaves it to the account. */
  async policy(keyId: string): Promise<CompiledPolicy | null> {
    const held = this.heldPolicy(keyId)
    if (held !== undefined) return held
    const generation = this.#generation
    const entry = await readEntry(this.#store, 'key-policy', keyId)
    const policy = entry === null ? null : new CompiledPolicy('key policy', parsePolicy(entry.document, 'key'))
    if (generation === this.#generation) this.#policies.set(keyId, { policy })
    return policy
  }

  /** The same at once, or undefined when it must be read. */
  heldPolicy(keyId: string): CompiledPolicy | null | undefined {
    return this.#held(this.#policies, keyId)?.policy
  }

  async facts(keyId: string): Promise<KeyFacts> {
    const held = this.heldFacts(keyId)
    if (held !== undefined) return held
    const generation = this.#generation
    const grants = await this.#store.grants(keyId)
    const tags = await this.#store.tags(keyId)
    const aliases = await this.#store.listAliases({ keyId, limit: 1_000 })
    const facts = { grants, tags, aliases: aliases.map(({ alias }) => alias) }
    if (generation === this.#generation) this.#facts.set(keyId, facts)
    return facts
  }

  /** The same at once, or undefined when they must be read. */
  heldFacts(keyId: string): KeyFacts | undefined {
    return this.#held(this.#facts, keyId)
  }

  forget({ keyId }: KeyEvent): void {
    this.#generation += 1
    if (keyId === '*') {
      this.#policies.clear()
      this.#facts.clear()
    } else {
      this.#policies.delete(keyId)
      this.#facts.delete(keyId)
    }
  }

  /** What is held may be out of date while changes of other processes are not heard. */
  #held<T extends object>(cache: LRUCache<string, T>, keyId: string): T | undefined {
    return this.#store.hearsOthers() ? cache.get(keyId) : undefined
  }
}
