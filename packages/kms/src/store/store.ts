import type {
  AliasEntry,
  HostedDataKeyQuery,
  KeyEvent,
  KeyPlace,
  KeyQuery,
  KeyTagSet,
  Page,
  PlaceInList,
  ResourceBinding,
  RotationEntry,
} from '@hufu/wire'
import type { AuditFilter, AuditRecord, StoredAuditRecord } from '../audit/audit-record.ts'
import type { StoredDataKey } from '../data-key/data-key.ts'
import type { EntryKind, GrantEntry } from '../directory/entry.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { ImportToken } from '../import/import-token.ts'
import type { Key, KeyVersion } from '../key/key.ts'
import type { KeyUse } from '../key/key-use.ts'
import type { Answers } from './answers.ts'
import type { AuditLogs } from './audit-logs.ts'

/** A document of the directory, as its JSON. */
export interface StoredEntry {
  readonly id: string
  readonly document: string
}

export interface Reads {
  /** Inside a transaction the key is locked until its end. */
  key(id: string): Promise<Key | null>
  keyIdOfAlias(alias: string): Promise<string | null>
  version(keyId: string, version: number): Promise<KeyVersion | null>
  /** How many versions of the key were made by hand after that time. */
  rotationsOnDemand(keyId: string, after: number): Promise<number>
  tags(keyId: string): Promise<KeyTagSet>
  bindings(keyId: string): Promise<readonly ResourceBinding[]>
  importToken(id: string): Promise<ImportToken | null>
  /** Inside a transaction the data key is locked until its end. */
  dataKey(id: string): Promise<StoredDataKey | null>
  /** Of one key, in the order of their making. */
  grants(keyId: string): Promise<readonly GrantEntry[]>
  /** By the hash of its token. */
  grantByToken(token: string): Promise<GrantEntry | null>
  accessKey(id: string): Promise<AccessKey | null>
  accessKeysOf(principal: string): Promise<readonly AccessKey[]>
  /** A document of the directory, as its JSON. Inside a transaction it is locked until its end. */
  entry(kind: EntryKind, id: string): Promise<string | null>
  /** In the order of their ids. */
  entries(kind: EntryKind): Promise<readonly string[]>
  /** Those after that id, at most `limit`, in the order of their ids. */
  entriesAfter(kind: EntryKind, after: string, limit: number): Promise<readonly StoredEntry[]>
  /** A setting of the whole store. */
  setting(name: string): Promise<string | null>
}

export interface Writes {
  insertKey(key: Key): Promise<void>
  /** Replaces everything but the alias. */
  updateKey(key: Key): Promise<void>
  /** With its material, aliases, tags, bindings, policy, grants and last use. */
  deleteKey(id: string): Promise<void>
  insertVersion(version: KeyVersion): Promise<void>
  deleteVersions(keyId: string): Promise<void>
  /** Throws `AliasAlreadyExists`. */
  insertAlias(alias: string, keyId: string, at: number): Promise<void>
  moveAlias(alias: string, keyId: string): Promise<void>
  /** False when there is no such alias. */
  deleteAlias(alias: string): Promise<boolean>
  deleteAliasesOf(keyId: string): Promise<void>
  /** Replaces the values of names that are there. */
  putTags(keyId: string, tags: KeyTagSet): Promise<void>
  deleteTags(keyId: string, names: readonly string[]): Promise<void>
  /** Idempotent. */
  putBinding(keyId: string, binding: ResourceBinding): Promise<void>
  /** False when there is no such binding. */
  deleteBinding(keyId: string, binding: ResourceBinding): Promise<boolean>
  insertImportToken(token: ImportToken): Promise<void>
  deleteImportToken(id: string): Promise<void>
  /** Those that expired before that time. */
  deleteImportTokens(expiredBefore: number): Promise<void>
  /** Throws `DataKeyNameAlreadyExists`. */
  insertDataKey(dataKey: StoredDataKey): Promise<void>
  /** Throws `DataKeyNameAlreadyExists`. */
  updateDataKey(dataKey: StoredDataKey): Promise<void>
  /** Those whose time has come; gives their ids. */
  deleteDueDataKeys(now: number): Promise<readonly string[]>
  insertGrant(grant: GrantEntry): Promise<void>
  /** False when the key has no such grant. */
  deleteGrant(keyId: string, id: string): Promise<boolean>
  insertAccessKey(accessKey: AccessKey): Promise<void>
  /** Replaces whether it is active and its last use. */
  updateAccessKey(accessKey: AccessKey): Promise<void>
  deleteAccessKey(id: string): Promise<void>
  /** Sessions that ended before that time. */
  deleteEndedAccessKeys(now: number): Promise<void>
  /** Makes or replaces it. */
  putEntry(kind: EntryKind, id: string, document: string): Promise<void>
  deleteEntry(kind: EntryKind, id: string): Promise<void>
  /** Keeps the first value that was ever given, and returns it. */
  keepSetting(name: string, value: string): Promise<string>
  /** Tells the other processes of this store when the transaction is committed. */
  announce(event: KeyEvent): Promise<void>
  appendAudit(record: AuditRecord): Promise<void>
}

/** Aliases as they are kept: their ARNs follow from them. */
export type StoredAlias = Omit<AliasEntry, 'arn'>

export interface StoredAliasQuery {
  readonly keyId?: string
  /** Those after this name only. */
  readonly after?: string
  readonly limit: number
}

/** What keys are due for: a column of the key that says when. */
export type DueFor = 'rotation' | 'deletion' | 'expiry' | 'sync'

/**
 * Where keys, identities and the audit are kept. Everything that resolved is durable: it is there after a
 * crash. Null means that there is no such thing; a throw of `Unavailable` that it can't be known now.
 */
export interface Store extends Reads, Answers, AuditLogs {
  /** All of the writes or none. Transactions that touch the same key run one after the other. */
  transact<T>(work: (transaction: Reads & Writes) => Promise<T>): Promise<T>
  /**
   * A page that goes on where another ended costs the same wherever that is. Where other processes write too, it may
   * be of the list as it was up to 5 s before.
   */
  listKeys(query: KeyQuery & Required<Page>): Promise<{ readonly keys: readonly Key[]; readonly totalCount: number }>
  /** Those after that place in the order of their making, at most `limit`. */
  keysAfter(place: KeyPlace | null, limit: number): Promise<readonly Key[]>
  /** In the order of their names. */
  listAliases(query: StoredAliasQuery): Promise<readonly StoredAlias[]>
  /** Those that the principal may retire, in the order of their ids. */
  retirableGrants(retiring: string, place: PlaceInList): Promise<readonly GrantEntry[]>
  listDataKeys(
    query: HostedDataKeyQuery & Required<Page>,
  ): Promise<{ readonly dataKeys: readonly StoredDataKey[]; readonly totalCount: number }>
  /** In their order. */
  versions(keyId: string): Promise<readonly KeyVersion[]>
  rotations(keyId: string): Promise<readonly RotationEntry[]>
  /** Reads on in the audit, to its end, for the last uses of keys. */
  followKeyUses(): Promise<void>
  /** As far as the audit was followed; null when the key was not used since `keyUsesSince`. */
  keyUse(keyId: string): Promise<KeyUse | null>
  /** Milliseconds since the epoch; 0 when it is since ever. */
  keyUsesSince(): Promise<number>
  /** Ids of keys whose time has come at `now`, at most `limit`, the longest due first. */
  due(what: DueFor, now: number, limit: number): Promise<readonly string[]>
  /** True when the job is the holder's until then: nobody else's claim on it is still running at `now`. */
  claim(job: string, holder: string, now: number, until: number): Promise<boolean>
  /** Gives up a claim; idempotent. */
  release(job: string, holder: string): Promise<void>
  /** What was deleted is overwritten on the disk too, as far as the database itself keeps it. */
  scrub(): Promise<void>
  /** Resolves when the batch is durable; `written` may be called before that, when the next one can be given. */
  appendAudit(records: readonly AuditRecord[], written?: () => void): Promise<void>
  listAudit(filter: AuditFilter): Promise<readonly StoredAuditRecord[]>
  /** Calls the listener for what other processes announce. Once. */
  listen(listener: (event: KeyEvent) => void): Promise<void>
  /** False while announcements of others may be missed: nothing read before is to be relied on then. */
  hearsOthers(): boolean
  /** A number from 1 that it never gave out before. */
  nextEpoch(): Promise<number>
  ready(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}
