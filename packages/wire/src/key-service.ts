/** Public key-value pairs bound to a ciphertext as associated data: not secret, needed again to decrypt. */
export type EncryptionContext = Readonly<Record<string, string>>

export interface CallOptions {
  readonly signal?: AbortSignal
}

/** A key named by id, ARN or `alias/NAME`. */
export type KeyName = string

export interface EncryptInput {
  readonly keyId: KeyName
  /** 1 to 4,096 bytes. */
  readonly plaintext: Uint8Array
  readonly context?: EncryptionContext
}

export interface DecryptInput {
  readonly ciphertext: Uint8Array
  readonly context?: EncryptionContext
  /** When given, a ciphertext of any other key is refused. */
  readonly keyId?: KeyName
}

export interface GenerateDataKeyInput {
  readonly keyId: KeyName
  /** 1 to 1,024; 32 when absent. */
  readonly numberOfBytes?: number
  readonly context?: EncryptionContext
}

export interface ReEncryptInput {
  readonly ciphertext: Uint8Array
  readonly sourceContext?: EncryptionContext
  /** When given, a ciphertext of any other key is refused. */
  readonly sourceKeyId?: KeyName
  /** The key of the ciphertext itself, in its newest version, when absent. */
  readonly destinationKeyId?: KeyName
  readonly destinationContext?: EncryptionContext
}

export interface Encrypted {
  readonly ciphertext: Uint8Array
  /** The full ARN of the key that was used. */
  readonly keyId: string
}

export interface Decrypted {
  /** The caller owns it and wipes it. */
  readonly plaintext: Uint8Array
  readonly keyId: string
}

export interface DataKey extends Encrypted {
  /** The caller owns it and wipes it. */
  readonly plaintext: Uint8Array
}

export interface ReEncrypted extends Encrypted {
  readonly sourceKeyId: string
  /** False when the ciphertext was already under the newest version of the destination key. */
  readonly reEncrypted: boolean
}

/**
 * Who can wrap and unwrap data keys: `kms.as(caller)` in process, or an HTTP client of Hufu, AWS KMS
 * or Tencent KMS. Every method throws `HufuError`; nothing else crosses this seam. All are safe to
 * call concurrently and to retry.
 */
export interface KeyService {
  encrypt(input: EncryptInput, options?: CallOptions): Promise<Encrypted>
  decrypt(input: DecryptInput, options?: CallOptions): Promise<Decrypted>
  generateDataKey(input: GenerateDataKeyInput, options?: CallOptions): Promise<DataKey>
  reEncrypt(input: ReEncryptInput, options?: CallOptions): Promise<ReEncrypted>
}
