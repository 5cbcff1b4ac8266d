import type { AuditFilter, AuditRecord, StoredAuditRecord } from '../audit/audit-record.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { Key, KeyVersion } from '../key/key.ts'

export interface KeyQuery {
  readonly offset: number
  readonly limit: number
}

export interface Reads {
  /** Inside a transaction the key is locked until its end. */
  key(id: string): Promise<Key | null>
  keyIdOfAlias(alias: string): Promise<string | null>
  version(keyId: string, version: number): Promise<KeyVersion | null>
  accessKey(id: string): Promise<AccessKey | null>
  accessKeysOf(principal: string): Promise<readonly AccessKey[]>
  /** A setting of the whole store. */
  setting(name: string): Promise<string | null>
}

export interface Writes {
  insertKey(key: Key): Promise<void>
  /** Replaces everything but the alias. */
  updateKey(key: Key): Promise<void>
  insertVersion(version: KeyVersion): Promise<void>
  /** Throws `AliasAlreadyExists`. */
  insertAlias(alias: string, keyId: string, at: number): Promise<void>
  insertAccessKey(accessKey: AccessKey): Promise<void>
  putSetting(name: string, value: string): Promise<void>
  appendAudit(record: AuditRecord): Promise<void>
}

/**
 * Where keys, identities and the audit are kept. Everything that resolved is durable: it is there after a
 * crash. Null means that there is no such thing; a throw of `Unavailable` that it can't be known now.
 */
export interface Store extends Reads {
  /** All of the writes or none. Transactions that touch the same key run one after the other. */
  transact<T>(work: (transaction: Reads & Writes) => Promise<T>): Promise<T>
  listKeys(query: KeyQuery): Promise<{ readonly keys: readonly Key[]; readonly totalCount: number }>
  appendAudit(records: readonly AuditRecord[]): Promise<void>
  listAudit(filter: AuditFilter): Promise<readonly StoredAuditRecord[]>
  /** A number from 1 that it never gave out before. */
  nextEpoch(): Promise<number>
  ready(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}
