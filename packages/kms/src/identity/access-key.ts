/** One access key as the store keeps it. */
export interface AccessKey {
  readonly id: string
  /** The principal's ARN. */
  readonly principal: string
  /** The secret access key, sealed by the vault. */
  readonly sealedSecret: Uint8Array
  readonly active: boolean
  readonly createdAt: number
}
