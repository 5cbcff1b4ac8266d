import type { Caller } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { CompiledPolicy, parsePolicy } from '../policy/index.ts'
import type { Store } from '../store/store.ts'
import { entityArn, parseArn } from './arns.ts'
import { readEntry } from './documents.ts'
import type { Bearer, GroupEntry, RoleEntry, UserEntry } from './entry.ts'
import { policyDocument } from './managed-policies.ts'

/** Whoever asks, and the policies that speak for it. */
export interface PrincipalPolicies {
  /** Null for the root user. */
  readonly entryId: string | null
  /** A user's ARN by its uin. */
  readonly uinArn?: string
  /** Of the user or role. */
  readonly tags?: Readonly<Record<string, string>>
  readonly policies: readonly CompiledPolicy[]
}

const KEPT = 10_000

const root: PrincipalPolicies = { entryId: null, policies: [] }

/** The identity policies of principals, from memory where it can. */
export class Principals {
  readonly #store: Store
  readonly #accountId: string
  readonly rootArn: string
  readonly #kept = new LRUCache<string, PrincipalPolicies>({ max: KEPT })
  readonly #sessionPolicies = new LRUCache<string, CompiledPolicy>({ max: KEPT })
  #generation = 0

  constructor(store: Store, accountId: string) {
    this.#store = store
    this.#accountId = accountId
    this.rootArn = `arn:aws:iam::${accountId}:root`
  }

  /** Null when there is no such user or role any more. */
  async of(caller: Pick<Caller, 'principal' | 'roleArn'>): Promise<PrincipalPolicies | null> {
    const held = this.held(caller)
    if (held !== undefined) return held
    const arn = caller.roleArn ?? caller.principal
    const generation = this.#generation
    const found = await this.#load(arn)
    if (found !== null && generation === this.#generation) this.#kept.set(arn, found)
    return found
  }

  /** The same at once, or undefined when they must be looked for. */
  held({ principal, roleArn }: Pick<Caller, 'principal' | 'roleArn'>): PrincipalPolicies | undefined {
    const arn = roleArn ?? principal
    if (arn === this.rootArn) return root
    return this.#store.hearsOthers() ? this.#kept.get(arn) : undefined
  }

  /** The policies that narrow a session, which are of the caller's own credentials. */
  session(documents: readonly string[]): readonly CompiledPolicy[] {
    return documents.map((document, index) => {
      const held = this.#sessionPolicies.get(document)
      if (held !== undefined) return held
      const policy = new CompiledPolicy(`session policy ${index + 1}`, parsePolicy(document, 'session'))
      this.#sessionPolicies.set(document, policy)
      return policy
    })
  }

  forget(): void {
    this.#generation += 1
    this.#kept.clear()
  }

  async #load(arn: string): Promise<PrincipalPolicies | null> {
    const entity = await this.entity(arn)
    if (entity === null) return null
    const groups = 'groups' in entity ? entity.groups : []
    const policies = [...(await this.#policiesOf(arn, entity))]
    for (const name of groups) {
      const group = await readEntry(this.#store, 'group', name)
      if (group !== null) policies.push(...(await this.#policiesOf(entityArn(this.#accountId, 'group', group), group)))
    }
    const uinArn = `arn:aws:iam::${this.#accountId}:user/${entity.number}`
    const tags = 'tags' in entity ? { tags: entity.tags } : {}
    return { entryId: entity.id, policies, ...('groups' in entity ? { uinArn } : {}), ...tags }
  }

  /** The user, group or role of exactly this ARN. */
  async entity(arn: string): Promise<UserEntry | RoleEntry | GroupEntry | null> {
    const parsed = parseArn(arn)
    if (parsed === null || parsed.account !== this.#accountId) return null
    if (parsed.kind !== 'user' && parsed.kind !== 'role' && parsed.kind !== 'group') return null
    const entry = await readEntry(this.#store, parsed.kind, parsed.name)
    return entry !== null && entityArn(this.#accountId, parsed.kind, entry) === arn ? entry : null
  }

  async #policiesOf(arn: string, { inline, attached }: Bearer): Promise<readonly CompiledPolicy[]> {
    const own = Object.entries(inline).map(([name, document]) => compiled(`${arn} ${name}`, document))
    const managed: CompiledPolicy[] = []
    for (const policyArn of attached) {
      const document = await policyDocument(this.#store, policyArn)
      if (document !== null) managed.push(compiled(policyArn, document))
    }
    return [...own, ...managed]
  }
}

const compiled = (name: string, document: string): CompiledPolicy =>
  new CompiledPolicy(name, parsePolicy(document, 'identity'))
