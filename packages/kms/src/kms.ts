import { type Caller, type EncryptionContext, HufuError, type KeyEvent, type KeyMetadata, keyArn } from '@hufu/wire'
import { AuditEntry } from './audit/audit-entry.ts'
import { noteRecorded, toHufuError } from './failure.ts'
import { type Key, toMetadata } from './key/key.ts'
import type { NewKey } from './key/key-factory.ts'
import { type KeyAction, nextState } from './key/state.ts'
import type { KmsParts } from './kms-parts.ts'
import type { Reads, Writes } from './store/store.ts'

export interface Request {
  /** The name that policies and the audit know it by. */
  readonly action: string
  readonly context?: EncryptionContext | undefined
  /** What the audit names when it is no key. */
  readonly subject?: string
  /** The ARN that policies name what is no key by; `*` when absent. */
  readonly resource?: string
  /** The tags that the request gives, for policies. */
  readonly requestTags?: Readonly<Record<string, string>>
}

export interface KeyRequest extends Request {
  /** What the caller named the key by; null when that can't be read from the request. */
  readonly keyName: string | null
  /** What the key's state must allow. */
  readonly needs: KeyAction
}

export interface ChangeRequest extends KeyRequest {
  /** What caches are told; `state` when absent. */
  readonly change?: KeyEvent['change']
  /** The key keeps the state it has; that the action is possible is still looked up. */
  readonly keepState?: boolean
}

export interface Kept<T> {
  readonly result: T
  write(writes: Reads & Writes): Promise<void>
}

/**
 * One caller's way to the keys, the same for every operation: find the key, authorise, check its state, use or
 * change it, and audit before the answer.
 */
export class Call {
  readonly kms: KmsParts
  readonly caller: Caller
  readonly #dryRun: boolean

  /** A dry run does all that shows whether it would succeed, then throws `DryRun` and has changed nothing. */
  constructor(kms: KmsParts, caller: Caller, dryRun = false) {
    this.kms = kms
    this.caller = caller
    this.#dryRun = dryRun
  }

  /** An operation on no key that changes nothing. */
  run<T>(request: Request, act: () => Promise<T>): Promise<T> {
    return this.#audited(this.#entry(request), async () => {
      await this.kms.access.authorise({ ...request, caller: this.caller, key: null })
      return this.#done(await act())
    })
  }

  /** An operation that uses or shows one key and changes nothing. */
  async use<T>(request: KeyRequest, act: (key: Key) => Promise<T>): Promise<T> {
    const entry = this.#entry(request, request.keyName)
    let result: T
    try {
      const key = this.#held(request, entry) ?? (await this.#find(request, entry))
      nextState(key.state, request.needs)
      result = this.#done(await act(key))
    } catch (cause) {
      throw await this.#failed([entry], cause)
    }
    await this.kms.audit.append(entry.succeeded())
    return result
  }

  /**
   * An operation that changes one key. `act` gets the key as it is, locked, but with its next state, and writes it;
   * the audit record is in the same transaction.
   */
  async change<T>(request: ChangeRequest, act: (writes: Reads & Writes, key: Key) => Promise<T>): Promise<T> {
    const [result] = await this.changeAll(request, [request.keyName], act)
    return result as T
  }

  /** The same of several keys, in one transaction: all or none. */
  changeAll<T>(
    request: Omit<ChangeRequest, 'keyName'>,
    keyNames: readonly (string | null)[],
    act: (writes: Reads & Writes, key: Key) => Promise<T>,
  ): Promise<T[]> {
    const { change = 'state' } = request
    const entries = keyNames.map((keyName) => ({ keyName, entry: this.#entry(request, keyName) }))
    return this.#auditFailure(
      entries.map(({ entry }) => entry),
      async () => {
        const ids: string[] = []
        for (const { keyName, entry } of entries) ids.push((await this.#find({ ...request, keyName }, entry)).id)
        const results = await this.kms.store.transact(async (writes) => {
          const results: T[] = []
          for (const id of ids) results.push(await act(writes, await this.#locked(writes, id, request)))
          this.#done(results)
          for (const id of ids) await writes.announce({ keyId: id, change })
          for (const { entry } of entries) await writes.appendAudit(entry.succeeded())
          return results
        })
        for (const id of ids) this.kms.events.publish({ keyId: id, change })
        return results
      },
    )
  }

  /**
   * An operation that uses one key to make something that is kept. The key is used before the transaction, which
   * only writes: on the one connection of an embedded store, what reads inside it would wait for itself.
   */
  keep<T>(request: KeyRequest, use: (key: Key) => Promise<Kept<T>>): Promise<T> {
    const entry = this.#entry(request, request.keyName)
    return this.#auditFailure([entry], async () => {
      const key = await this.#find(request, entry)
      nextState(key.state, request.needs)
      const { result, write } = await use(key)
      this.#done(result)
      await this.kms.store.transact(async (writes) => {
        await write(writes)
        await writes.appendAudit(entry.succeeded())
      })
      return result
    })
  }

  /** An operation that changes what is no key; its audit record is in the same transaction. */
  changeRows<T>(request: Request, act: (writes: Reads & Writes) => Promise<T>): Promise<T> {
    const entry = this.#entry(request)
    return this.#auditFailure([entry], async () => {
      await this.kms.access.authorise({ ...request, caller: this.caller, key: null })
      return this.kms.store.transact(async (writes) => {
        const result = this.#done(await act(writes))
        await writes.appendAudit(entry.succeeded())
        return result
      })
    })
  }

  /** What an operation does with its key before it changes it; it has a record only when it fails. */
  prepare<T>(request: KeyRequest, act: (key: Key) => Promise<T>): Promise<T> {
    const entry = this.#entry(request, request.keyName)
    return this.#auditFailure([entry], async () => {
      const key = await this.#find(request, entry)
      nextState(key.state, request.needs)
      return act(key)
    })
  }

  /** An operation that everybody may. */
  observed<T>(request: Request, act: () => Promise<T>): Promise<T> {
    return this.#audited(this.#entry(request), act)
  }

  /** A step before an operation that authorises; it has a record only when it fails. */
  resolve<T>(request: Request, act: () => Promise<T>): Promise<T> {
    return this.#auditFailure([this.#entry(request)], act)
  }

  /** An operation that authorises by itself, and prepares what it keeps before the transaction, which only writes. */
  prepared<T>(request: Request, prepare: () => Promise<Kept<T>>): Promise<T> {
    const entry = this.#entry(request)
    return this.#auditFailure([entry], async () => {
      const { result, write } = await prepare()
      this.#done(result)
      await this.kms.store.transact(async (writes) => {
        await write(writes)
        await writes.appendAudit(entry.succeeded())
      })
      return result
    })
  }

  /** A step before an operation on a key, which has a record only when it fails. */
  refusable<T>(request: Request, act: () => Promise<T>): Promise<T> {
    return this.#auditFailure([this.#entry(request)], async () => {
      await this.kms.access.authorise({ ...request, caller: this.caller, key: null })
      return act()
    })
  }

  /** An operation that makes a key: `make` prepares it and says how it is written. */
  create(request: Request, make: () => Promise<NewKey>): Promise<Key> {
    const entry = this.#entry(request)
    return this.#auditFailure([entry], async () => {
      await this.kms.access.authorise({ ...request, caller: this.caller, key: null })
      const { key, write } = await make()
      entry.key = this.arn(key)
      this.#done(key)
      await this.kms.store.transact(async (writes) => {
        await write(writes)
        await writes.appendAudit(entry.succeeded())
      })
      return key
    })
  }

  arn({ id }: Pick<Key, 'id'>): string {
    return keyArn(this.kms.place.region, this.kms.place.accountId, id)
  }

  metadata(key: Key): KeyMetadata {
    return toMetadata(key, this.kms.place)
  }

  /** The result, unless it was a dry run: a success is then told by `DryRun`. What is not true is told as ever. */
  #done<T>(result: T): T {
    if (this.#dryRun && result !== false)
      throw new HufuError('DryRun', 'the request would have succeeded, but it was a dry run')
    return result
  }

  /** What `#find` would give, at once; null when something must be looked for, or when it may be refused. */
  #held(request: KeyRequest, entry: AuditEntry): Key | null {
    const key = request.keyName === null ? undefined : this.kms.ring.held(request.keyName)
    if (key === undefined || !this.kms.access.allowsAtOnce(this.caller, key, request)) return null
    entry.key = this.arn(key)
    return key
  }

  async #find(request: KeyRequest, entry: AuditEntry): Promise<Key> {
    const key = request.keyName === null ? null : await this.kms.ring.find(request.keyName)
    if (key !== null) entry.key = this.arn(key)
    await this.kms.access.authorise({ ...request, caller: this.caller, key })
    if (key === null) throw notFound(request.keyName)
    return key
  }

  async #locked(writes: Reads, id: string, request: Omit<ChangeRequest, 'keyName'>): Promise<Key> {
    const key = await writes.key(id)
    if (key === null) throw notFound(id)
    const state = nextState(key.state, request.needs)
    return request.keepState === true ? key : { ...key, state }
  }

  async #audited<T>(entry: AuditEntry, act: () => Promise<T>): Promise<T> {
    const result = await this.#auditFailure([entry], act)
    await this.kms.audit.append(entry.succeeded())
    return result
  }

  async #auditFailure<T>(entries: readonly AuditEntry[], act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (cause) {
      throw await this.#failed(entries, cause)
    }
  }

  /** The failure, once it is in the audit. Throws `Unavailable` when it can't be. */
  async #failed(entries: readonly AuditEntry[], cause: unknown): Promise<HufuError> {
    const failure = toHufuError(cause)
    await Promise.all(entries.map((entry) => this.kms.audit.append(entry.failed(failure))))
    return noteRecorded(failure)
  }

  #entry(request: Request, keyName: string | null = request.subject ?? null): AuditEntry {
    const context = request.context === undefined ? undefined : this.kms.sensitive.kept(request.context)
    return new AuditEntry({ action: request.action, caller: this.caller, context }, this.kms.clock(), keyName)
  }
}

const notFound = (name: string | null): HufuError =>
  name === null
    ? new HufuError('DecryptionFailed', 'the ciphertext names no key')
    : new HufuError('KeyNotFound', `expected the name of a key, received ${name}`)
