import { HufuError, keyArn } from '@hufu/wire'
import type { Authorise } from './access/authorise.ts'
import { AuditEntry, type AuditedRequest } from './audit/audit-entry.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { Clock } from './clock.ts'
import { toHufuError } from './failure.ts'
import type { Key, Place } from './key/key.ts'
import type { KeyEventsHub } from './key/key-events-hub.ts'
import type { KeyRing } from './key/key-ring.ts'
import { type KeyAction, nextState } from './key/state.ts'
import type { Reads, Store, Writes } from './store/store.ts'

export interface KeyRequest extends AuditedRequest {
  /** What the caller named the key by; null when that can't be read from the request. */
  readonly keyName: string | null
  /** What the key's state must allow. */
  readonly needs: KeyAction
}

export interface RequestParts {
  readonly store: Store
  readonly ring: KeyRing
  readonly audit: AuditLog
  readonly events: KeyEventsHub
  readonly authorise: Authorise
  readonly place: Place
  readonly clock: Clock
}

/** The way of every request: find the key, authorise, check its state, act, and audit before the answer. */
export class Requests {
  readonly #parts: RequestParts

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  /** An action on no key that changes nothing. */
  run<T>(request: AuditedRequest, act: () => Promise<T>): Promise<T> {
    return this.#audited(this.#entry(request, null), async () => {
      this.#parts.authorise({ ...request, key: null })
      return act()
    })
  }

  /** An action that uses or shows one key and changes nothing. */
  use<T>(request: KeyRequest, act: (key: Key) => Promise<T>): Promise<T> {
    const entry = this.#entry(request, request.keyName)
    return this.#audited(entry, async () => {
      const key = await this.#find(request, entry)
      nextState(key.state, request.needs)
      return act(key)
    })
  }

  /**
   * An action that changes one key. `act` gets the key as it is, locked, but with its next state, and writes it;
   * the audit record is in the same transaction.
   */
  async change<T>(request: KeyRequest, act: (writes: Reads & Writes, key: Key) => Promise<T>): Promise<T> {
    const entry = this.#entry(request, request.keyName)
    return this.#auditFailure(entry, async () => {
      const { id } = await this.#find(request, entry)
      const result = await this.#parts.store.transact(async (writes) => {
        const key = await writes.key(id)
        if (key === null) throw notFound(request.keyName)
        const result = await act(writes, { ...key, state: nextState(key.state, request.needs) })
        await writes.appendAudit(entry.succeeded())
        return result
      })
      this.#parts.events.publish({ keyId: id, change: 'state' })
      return result
    })
  }

  /** An action that makes a key: `act` prepares and returns what writes it. */
  create(
    request: AuditedRequest,
    act: () => Promise<{ key: Key; write: (writes: Writes) => Promise<void> }>,
  ): Promise<Key> {
    const entry = this.#entry(request, null)
    return this.#auditFailure(entry, async () => {
      this.#parts.authorise({ ...request, key: null })
      const { key, write } = await act()
      entry.key = this.#arn(key)
      await this.#parts.store.transact(async (writes) => {
        await write(writes)
        await writes.appendAudit(entry.succeeded())
      })
      return key
    })
  }

  async #find(request: KeyRequest, entry: AuditEntry): Promise<Key> {
    const key = request.keyName === null ? null : await this.#parts.ring.find(request.keyName)
    if (key !== null) entry.key = this.#arn(key)
    this.#parts.authorise({ ...request, key })
    if (key === null) throw notFound(request.keyName)
    return key
  }

  async #audited<T>(entry: AuditEntry, act: () => Promise<T>): Promise<T> {
    const result = await this.#auditFailure(entry, act)
    await this.#parts.audit.append(entry.succeeded())
    return result
  }

  async #auditFailure<T>(entry: AuditEntry, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (cause) {
      const failure = toHufuError(cause)
      await this.#parts.audit.append(entry.failed(failure))
      throw failure
    }
  }

  #entry(request: AuditedRequest, keyName: string | null): AuditEntry {
    return new AuditEntry(request, this.#parts.clock(), keyName)
  }

  #arn({ id }: Key): string {
    return keyArn(this.#parts.place.region, this.#parts.place.accountId, id)
  }
}

const notFound = (name: string | null): HufuError =>
  name === null
    ? new HufuError('DecryptionFailed', 'the ciphertext names no key')
    : new HufuError('KeyNotFound', `expected the name of a key, received ${name}`)
