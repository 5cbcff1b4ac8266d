/** What happened to one request: for whoever keeps the record. No plaintext, key or credential is in it. */
export interface S3AuditRecord {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly requestId: string
  /** S3's name of the operation; empty when the request never got so far. */
  readonly operation: string
  /** ARN of the caller; empty when nobody was proven to have sent it. */
  readonly principal: string
  readonly accessKeyId: string
  readonly bucket: string
  readonly key: string
  readonly sourceIp: string
  readonly userAgent: string
  /** `ok`, or the S3 error code. */
  readonly outcome: string
  /** Why it failed, in full; empty when it did not. */
  readonly reason: string
}

/** Given every request that was refused or failed, and every one that changed or read an object. */
export type S3Audit = (record: S3AuditRecord) => void
