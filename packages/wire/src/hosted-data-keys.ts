import type { Recipient } from './key-management.ts'
import type { KeyName } from './key-service.ts'

export type HostedDataKeyState = 'Enabled' | 'Disabled' | 'PendingDelete'

/** A data key that the KMS keeps, under one of its keys. Times are milliseconds since the epoch. */
export interface HostedDataKey {
  readonly dataKeyId: string
  /** Unique; 1 to 60 characters of A-Z, a-z, 0-9, `-` and `_`, the first a letter or digit. */
  readonly name: string
  /** The id of the key it is under. */
  readonly keyId: string
  /** At most 100 bytes. */
  readonly description: string
  readonly state: HostedDataKeyState
  readonly numberOfBytes: number
  readonly origin: 'KMS' | 'EXTERNAL'
  readonly creator: string
  readonly createdAt: number
  readonly deletionAt: number | null
}

export interface HostDataKeyInput {
  readonly keyId: KeyName
  readonly name: string
  readonly description?: string
  /** 1 to 1,024; 32 when absent. */
  readonly numberOfBytes?: number
  readonly recipient?: Recipient
}

export interface HostedDataKeyMaterial {
  readonly plaintext: Uint8Array
  readonly ciphertext: Uint8Array
}

export interface ImportDataKeyInput {
  readonly name: string
  readonly description?: string
  /** The key it is put under; may be absent for a ciphertext, which names its key. */
  readonly keyId?: KeyName
  /** 1 to 1,024 bytes of plaintext, or a ciphertext blob of so many. */
  readonly material: { readonly plaintext: Uint8Array } | { readonly ciphertext: Uint8Array }
}

export interface HostedDataKeyQuery {
  readonly offset?: number
  /** 1 to 1,000; 100 when absent. */
  readonly limit?: number
  readonly states?: readonly HostedDataKeyState[]
  readonly origin?: 'KMS' | 'EXTERNAL'
  readonly keyId?: KeyName
  readonly numberOfBytes?: number
  readonly nameContains?: string
  readonly newestFirst?: boolean
}

/** Data keys that the KMS keeps. Batches name 1 to 100, each once. */
export interface HostedDataKeys {
  hostDataKey(input: HostDataKeyInput): Promise<HostedDataKey & HostedDataKeyMaterial>
  importDataKey(input: ImportDataKeyInput): Promise<HostedDataKey>
  describeDataKeys(dataKeyIds: readonly string[]): Promise<readonly HostedDataKey[]>
  listDataKeys(
    query?: HostedDataKeyQuery,
  ): Promise<{ readonly dataKeys: readonly HostedDataKey[]; readonly totalCount: number }>
  /** All or none. */
  enableDataKeys(dataKeyIds: readonly string[]): Promise<void>
  /** All or none. */
  disableDataKeys(dataKeyIds: readonly string[]): Promise<void>
  /** 7 to 30 days. */
  scheduleDataKeyDeletion(dataKeyId: string, windowDays: number): Promise<{ readonly deletionAt: number }>
  /** The data key is then disabled. */
  cancelDataKeyDeletion(dataKeyId: string): Promise<void>
  renameDataKey(dataKeyId: string, name: string): Promise<void>
  describeDataKeyAs(dataKeyId: string, description: string): Promise<void>
  dataKeyPlaintext(dataKeyId: string, recipient?: Recipient): Promise<Uint8Array>
  dataKeyCiphertext(dataKeyId: string): Promise<Uint8Array>
}
