import type { KeySpec, KeyUse } from './key-operations.ts'
import type { EncryptionContext, KeyName } from './key-service.ts'

/** The life of a key after it is made; packages/kms/src/key/state.ts says what is possible in which state. */
export interface KeyLifecycle {
  /** From `Enabled`: then it decrypts and verifies, and nothing else. */
  archiveKey(keyId: KeyName): Promise<void>
  unarchiveKey(keyId: KeyName): Promise<void>
  /** The material is destroyed when the window has passed. */
  scheduleKeyDeletion(input: DeletionInput): Promise<ScheduledDeletion>
  /** The key is then disabled, or waits for its import where it has no material. */
  cancelKeyDeletion(keyId: KeyName): Promise<{ readonly keyId: string }>
  updateDescription(keyId: KeyName, description: string): Promise<void>
  keyLastUse(keyId: KeyName): Promise<KeyLastUse>
}

/** When and how a key's material was last used with success. Times are milliseconds since the epoch. */
export interface KeyLastUse {
  readonly keyId: string
  readonly createdAt: number
  /** What was before is not known; never before the key was made. */
  readonly since: number
  /** Null when it was not used since then. */
  readonly last: { readonly operation: string; readonly at: number; readonly requestId: string } | null
}

export interface DeletionInput {
  readonly keyId: KeyName
  /** 7 to 30; 30 when absent. */
  readonly windowDays?: number
  /** Disables an enabled key in the same step; otherwise it must be disabled already (`KeyNotDisabled`). */
  readonly disableFirst?: boolean
}

export interface ScheduledDeletion {
  /** The key's ARN. */
  readonly keyId: string
  /** Milliseconds since the epoch. */
  readonly deletionAt: number
}

/** Aliases are given without their `alias/` prefix. An alias names one key, a key may have several aliases. */
export interface KeyAliases {
  createAlias(alias: string, keyId: KeyName): Promise<void>
  /** Makes an existing alias name another key, in one step. Throws `AliasNotFound`. */
  moveAlias(alias: string, keyId: KeyName): Promise<void>
  /** Makes this the only alias of the key, in one step. */
  renameKey(keyId: KeyName, alias: string): Promise<void>
  deleteAlias(alias: string): Promise<void>
  /** In the order of the aliases. */
  listAliases(query?: AliasQuery): Promise<AliasPage>
}

export interface AliasQuery {
  /** Those of one key only. */
  readonly keyId?: KeyName
  /** Those after this alias only. */
  readonly after?: string
  /** 1 to 1,000; 100 when absent. */
  readonly limit?: number
}

export interface AliasEntry {
  readonly alias: string
  /** The alias's ARN. */
  readonly arn: string
  /** The key's id. */
  readonly keyId: string
  readonly createdAt: number
}

export interface AliasPage {
  readonly aliases: readonly AliasEntry[]
  /** What the next page comes after; null after the last. */
  readonly next: string | null
}

export type KeyTagSet = Readonly<Record<string, string>>

/** At most 50 a key; names of 1 to 128 characters, values of up to 256. */
export interface KeyTags {
  /** Adds the tags and replaces those of the same names. */
  tagKey(keyId: KeyName, tags: KeyTagSet): Promise<void>
  untagKey(keyId: KeyName, names: readonly string[]): Promise<void>
  listTags(keyId: KeyName): Promise<KeyTagSet>
}

/** What uses a key, so that the key is not deleted under it. */
export interface ResourceBinding {
  readonly product: string
  readonly resource: string
}

export interface KeyBindings {
  /** Idempotent. */
  bindResource(keyId: KeyName, binding: ResourceBinding): Promise<void>
  /** Throws `BindingNotFound`. */
  unbindResource(keyId: KeyName, binding: ResourceBinding): Promise<void>
  listBindings(keyId: KeyName): Promise<readonly ResourceBinding[]>
}

/** New versions of a symmetric key whose material the service makes. Every older version still decrypts. */
export interface KeyRotation {
  /** 7 to 365 days, 365 when absent. */
  enableRotation(keyId: KeyName, days?: number): Promise<void>
  disableRotation(keyId: KeyName): Promise<void>
  rotationStatus(keyId: KeyName): Promise<RotationStatus>
  /** Now, whether rotation is on or off. */
  rotateKey(keyId: KeyName): Promise<Rotated>
  /** Oldest first; the first version is none. */
  listRotations(keyId: KeyName): Promise<readonly RotationEntry[]>
}

export interface RotationStatus {
  /** The key's ARN. */
  readonly keyId: string
  readonly enabled: boolean
  readonly days: number | null
  readonly nextAt: number | null
  readonly lastAt: number | null
}

export interface Rotated {
  /** The key's ARN. */
  readonly keyId: string
  readonly version: number
}

export interface RotationEntry {
  readonly version: number
  readonly at: number
  readonly kind: 'automatic' | 'on demand'
}

export type EncryptionAlgorithm =
  | 'RSAES_PKCS1_V1_5'
  | 'RSAES_OAEP_SHA_1'
  | 'RSAES_OAEP_SHA_256'
  /** SM2 as C1 C3 C2. */
  | 'SM2PKE'
  /** SM2 as the ASN.1 of GM/T 0009. */
  | 'SM2PKE_ASN1'

export type SigningAlgorithm =
  | 'RSASSA_PSS_SHA_256'
  | 'RSASSA_PSS_SHA_384'
  | 'RSASSA_PSS_SHA_512'
  | 'RSASSA_PKCS1_V1_5_SHA_256'
  | 'RSASSA_PKCS1_V1_5_SHA_384'
  | 'RSASSA_PKCS1_V1_5_SHA_512'
  | 'ECDSA_SHA_256'
  | 'ECDSA_SHA_384'
  | 'ECDSA_SHA_512'
  | 'ED25519_SHA_512'
  | 'SM2DSA'
  /** ML-DSA (FIPS 204); its DIGEST is the message representative mu, 64 bytes. */
  | 'ML_DSA_SHAKE_256'

export type MacAlgorithm = 'HMAC_SHA_224' | 'HMAC_SHA_256' | 'HMAC_SHA_384' | 'HMAC_SHA_512'

export interface PublicKeyView {
  /** The key's ARN. */
  readonly keyId: string
  readonly spec: KeySpec
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly use: KeyUse
}

export interface SignInput {
  readonly keyId: KeyName
  /** `RAW`: 1 to 4,096 bytes of message. `DIGEST`: the hash that the algorithm names (for SM2 its e). */
  readonly message: Uint8Array
  readonly messageType: 'RAW' | 'DIGEST'
  readonly algorithm: SigningAlgorithm
}

export interface Signed {
  readonly keyId: string
  /** ECDSA and SM2: DER. */
  readonly signature: Uint8Array
}

/** Keys of RSA, the curves of NIST, Ed25519 and SM2. */
export interface AsymmetricKeys {
  getPublicKey(keyId: KeyName): Promise<PublicKeyView>
  sign(input: SignInput): Promise<Signed>
  /** False for every signature that does not verify. */
  verify(input: SignInput & { readonly signature: Uint8Array }): Promise<boolean>
  publicEncrypt(input: PublicEncryptInput): Promise<{ readonly keyId: string; readonly ciphertext: Uint8Array }>
  /** ECDH: the x coordinate that both sides' keys give. The peer's public key is SubjectPublicKeyInfo in DER. */
  deriveSharedSecret(
    keyId: KeyName,
    publicKey: Uint8Array,
  ): Promise<{ readonly keyId: string; readonly sharedSecret: Uint8Array; readonly origin: 'KMS' | 'EXTERNAL' }>
  privateDecrypt(input: PrivateDecryptInput): Promise<{ readonly keyId: string; readonly plaintext: Uint8Array }>
}

export interface PublicEncryptInput {
  readonly keyId: KeyName
  readonly plaintext: Uint8Array
  readonly algorithm: EncryptionAlgorithm
}

export interface PrivateDecryptInput {
  readonly keyId: KeyName
  readonly ciphertext: Uint8Array
  readonly algorithm: EncryptionAlgorithm
}

/** HMAC keys: HMAC with the SHA-2 that their spec names, over 1 to 4,096 bytes. */
export interface MacKeys {
  /** `algorithm` must be the key's where it is given. */
  generateMac(
    keyId: KeyName,
    message: Uint8Array,
    algorithm?: MacAlgorithm,
  ): Promise<{ readonly keyId: string; readonly mac: Uint8Array }>
  verifyMac(keyId: KeyName, message: Uint8Array, mac: Uint8Array, algorithm?: MacAlgorithm): Promise<boolean>
}

/** Who an answer's plaintext is encrypted to, so that it never crosses the wire in the clear. */
export interface Recipient {
  /** RSA or SM2: SubjectPublicKeyInfo as DER, or its PEM text. */
  readonly publicKey: Uint8Array | string
  readonly algorithm: EncryptionAlgorithm
}

/** Of a re-encryption, each an asymmetric key's; a symmetric key's own when absent. */
export interface ReEncryptAlgorithms {
  /** With it the key that the ciphertext comes from must be named, and there is no context. */
  readonly sourceAlgorithm?: EncryptionAlgorithm | undefined
  readonly destinationAlgorithm?: EncryptionAlgorithm | undefined
}

export interface ForRecipient {
  /** When given, the answer's `plaintext` is encrypted to it. */
  readonly recipient?: Recipient
}

export interface DataKeyPairInput {
  readonly keyId: KeyName
  readonly spec: KeySpec
  readonly context?: EncryptionContext
}

export interface DataKeyPair {
  readonly keyId: string
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  /** PKCS#8 in DER. */
  readonly privateKey: Uint8Array
  /** The private key under the KMS key. */
  readonly ciphertext: Uint8Array
}

export interface ImportParametersInput {
  readonly keyId: KeyName
  readonly wrappingKeySpec: 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'SM2'
  readonly algorithm: EncryptionAlgorithm
}

export interface ImportParameters {
  readonly keyId: string
  /** Valid for 24 hours, and for one import. */
  readonly token: Uint8Array
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly validTo: number
}

export interface ImportMaterialInput {
  readonly keyId: KeyName
  readonly token: Uint8Array
  readonly encryptedMaterial: Uint8Array
  /** When the material is to be destroyed; never when absent. */
  readonly validTo?: number
}

/** Bring your own key: AES-256 and SM4 keys of origin EXTERNAL. */
export interface KeyImport {
  importParameters(input: ImportParametersInput): Promise<ImportParameters>
  /** Again only with the same material (`MaterialMismatch`). */
  importMaterial(input: ImportMaterialInput): Promise<void>
  /** Idempotent. */
  deleteImportedMaterial(keyId: KeyName): Promise<void>
}
