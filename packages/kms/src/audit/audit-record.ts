import type { EncryptionContext, ErrorCode } from '@hufu/wire'

/** What happened, of one request. Never holds a plaintext, a key or a credential. */
export interface AuditRecord {
  readonly requestId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly action: string
  /** Null when the request could not be told whose it was. */
  readonly principal: string | null
  readonly accessKeyId: string | null
  readonly sourceIp: string
  readonly userAgent?: string | undefined
  readonly via?: string | undefined
  /** ARN of the identity that asked on the principal's behalf. */
  readonly service?: string | undefined
  /** The key's ARN, or the name that was asked for when there is no such key. */
  readonly key: string | null
  readonly context?: EncryptionContext | undefined
  readonly outcome: 'ok' | ErrorCode
  /** The error's message. */
  readonly detail?: string
}

/** A record in its place. */
export interface LoggedRecord extends AuditRecord {
  readonly log: number
  /** From 0, without gaps. */
  readonly index: number
  /** Never smaller than that of the record before it; milliseconds since the epoch. */
  readonly recordedAt: number
}

export interface StoredAuditRecord extends AuditRecord, Partial<Omit<LoggedRecord, keyof AuditRecord>> {
  /** Ascending in the order of storing. */
  readonly sequence: number
}

export interface AuditFilter {
  /** Records after this sequence number only. */
  readonly after?: number
  /** Records before this sequence number only. */
  readonly before?: number
  readonly key?: string
  readonly principal?: string
  readonly action?: string
  readonly outcome?: 'ok' | ErrorCode
  readonly sourceIp?: string
  readonly requestId?: string
  /** Milliseconds since the epoch: `from` inclusive, `to` exclusive. */
  readonly from?: number
  readonly to?: number
  /** At most 1,000, which is also the default. */
  readonly limit?: number
  /** Newest first when true; oldest first otherwise. */
  readonly newestFirst?: boolean
}
