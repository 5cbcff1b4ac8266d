/** What temporary credentials are good for, and how they came to be. */
export interface Session {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** SHA-256 of the session token, in hex: the token itself is not kept. */
  readonly tokenHash: string
  /** The id of the user or role that it acts as: one made anew under the same name is another. */
  readonly entryId: string | null
  readonly roleArn?: string
  /** Policy documents that narrow it; null where it was not narrowed. */
  readonly policies: readonly string[] | null
  /** When the second factor was shown. */
  readonly mfaAt?: number
}

/** One access key as the store keeps it. */
export interface AccessKey {
  readonly id: string
  /** The principal's ARN. */
  readonly principal: string
  /** The secret access key, sealed by the vault. */
  readonly sealedSecret: Uint8Array
  readonly active: boolean
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly lastUsedService: string | null
  /** Null for a key that lasts. */
  readonly session: Session | null
}
