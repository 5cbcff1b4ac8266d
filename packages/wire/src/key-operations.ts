import type { HostedDataKeys } from './hosted-data-keys.ts'
import type { IdentityOperations } from './identity-operations.ts'
import type {
  AsymmetricKeys,
  DataKeyPair,
  DataKeyPairInput,
  ForRecipient,
  KeyAliases,
  KeyBindings,
  KeyImport,
  KeyLifecycle,
  KeyRotation,
  KeyTags,
  MacKeys,
  ReEncryptAlgorithms,
} from './key-management.ts'
import type {
  DataKey,
  Decrypted,
  DecryptInput,
  GenerateDataKeyInput,
  KeyService,
  ReEncrypted,
  ReEncryptInput,
} from './key-service.ts'
import type { MultiRegionKeys, RegionGroup, RegionSync } from './multi-region.ts'
import type { PostQuantumKeys } from './post-quantum.ts'

/** Who calls, and from where: what policy decides on and what the audit keeps. */
export interface Caller {
  /** The principal's ARN, `arn:aws:iam::ACCOUNT:root` or `arn:aws:iam::ACCOUNT:user/NAME`. */
  readonly principal: string
  readonly accessKeyId: string
  readonly requestId: string
  readonly sourceIp: string
  readonly userAgent?: string
  /** The adapter that calls on the principal's behalf: `s3`, `postgres`, `volume`. */
  readonly via?: string
  /** The ARN of the service identity that calls on the principal's behalf; not there for an adapter in this process. */
  readonly service?: string
  /** The role of a role session, whose ARN is the principal. */
  readonly roleArn?: string
  /** Whether the credentials are of a session. */
  readonly temporary?: boolean
  /** Of temporary credentials: the id of the user or role that they were given for. */
  readonly entryId?: string
  /** Policy documents that narrow the session. */
  readonly sessionPolicies?: readonly string[]
  /** When a second factor was shown, milliseconds since the epoch. */
  readonly mfaAt?: number
  /** Whether it came by TLS. */
  readonly secure?: boolean
}

export type KeyState = 'PendingImport' | 'Enabled' | 'Disabled' | 'Archived' | 'PendingDelete'
export type KeySpec =
  | 'AES_256'
  | 'SM4'
  | 'RSA_2048'
  | 'RSA_3072'
  | 'RSA_4096'
  | 'ECC_NIST_P256'
  | 'ECC_NIST_P384'
  | 'ECC_NIST_P521'
  | 'ECC_NIST_EDWARDS25519'
  | 'SM2'
  | 'HMAC_224'
  | 'HMAC_256'
  | 'HMAC_384'
  | 'HMAC_512'
  | 'ML_DSA_65'
  | 'ML_KEM_512'
  | 'ML_KEM_768'
  | 'ML_KEM_1024'
  | 'ML_KEM_768_X25519'
  | 'ML_KEM_768_SM2'
export type KeyUse =
  | 'ENCRYPT_DECRYPT'
  | 'SIGN_VERIFY'
  | 'GENERATE_VERIFY_MAC'
  | 'KEY_AGREEMENT'
  | 'ENCAPSULATE_DECAPSULATE'
/** Where the material is used: only inside the token, or in locked process memory. Never claims more than is true. */
export type ProtectionLevel = 'HSM' | 'SOFTWARE'

/** What a key shows of itself. Times are milliseconds since the epoch. */
export interface KeyMetadata {
  readonly keyId: string
  readonly arn: string
  /** Without the `alias/` prefix; the first alias where there are several; empty where there is none. */
  readonly alias: string
  readonly description: string
  readonly state: KeyState
  readonly spec: KeySpec
  readonly use: KeyUse
  readonly origin: 'KMS' | 'EXTERNAL'
  readonly protectionLevel: ProtectionLevel
  readonly createdAt: number
  readonly creator: string
  readonly owner: string
  /** The newest version, counted from 1. */
  readonly version: number
  readonly rotationDays: number | null
  readonly nextRotationAt: number | null
  readonly lastRotatedAt: number | null
  readonly deletionAt: number | null
  /** When imported material is to be destroyed; null when never. */
  readonly materialExpiresAt: number | null
  /** Null for a key of one region. */
  readonly multiRegion: (Pick<RegionGroup, 'primaryRegion' | 'regions'> & { readonly sync: RegionSync }) | null
}

export interface CreateKeyInput {
  /** Without the `alias/` prefix. */
  readonly alias?: string
  readonly description?: string
  readonly spec?: KeySpec
  readonly use?: KeyUse
  readonly origin?: 'KMS' | 'EXTERNAL'
  readonly tags?: Readonly<Record<string, string>>
  /** It can be replicated to other regions; its id then begins with `mrk-`. */
  readonly multiRegion?: boolean
  /** Its key policy; one that leaves it to the account when absent. */
  readonly policy?: string
  /** The policy may lock its maker out. */
  readonly bypassLockout?: boolean
}

export interface Page {
  readonly offset?: number
  readonly limit?: number
}

/** Which keys, and in which order; a filter that is absent lets every key through. */
export interface KeyQuery extends Page {
  readonly states?: readonly KeyState[]
  readonly specs?: readonly KeySpec[]
  readonly use?: KeyUse
  readonly origin?: 'KMS' | 'EXTERNAL'
  /** A part of one of the key's aliases. */
  readonly aliasContains?: string
  /** Keys that have each of these tags, with one of the values where some are given. */
  readonly tags?: readonly { readonly name: string; readonly values: readonly string[] }[]
  /** By the time of their making; oldest first when absent. */
  readonly newestFirst?: boolean
}

export interface KeyPage {
  readonly keys: readonly KeyMetadata[]
  readonly totalCount: number
}

/** A place in the order of the keys' making: a key of that time and id, which need not be there any more. */
export interface KeyPlace {
  readonly createdAt: number
  readonly keyId: string
}

/** All keys, oldest first, by pages that cost the same wherever they begin. */
export interface KeysAfter {
  readonly keys: readonly KeyMetadata[]
  /** Where the next page begins; null after the last. */
  readonly next: KeyPlace | null
}

/** The domain's operations for one caller. Each authorises, acts, and is audited before it returns. */
export interface KeyOperations
  extends KeyService,
    KeyLifecycle,
    KeyAliases,
    KeyTags,
    KeyBindings,
    KeyRotation,
    AsymmetricKeys,
    MacKeys,
    KeyImport,
    HostedDataKeys,
    MultiRegionKeys,
    PostQuantumKeys,
    IdentityOperations {
  decrypt(input: DecryptInput & ForRecipient): Promise<Decrypted>
  reEncrypt(input: ReEncryptInput & ReEncryptAlgorithms): Promise<ReEncrypted>
  generateDataKey(input: GenerateDataKeyInput & ForRecipient): Promise<DataKey>
  /** A new key pair for the caller's own use; its private key under a symmetric key. */
  generateDataKeyPair(input: DataKeyPairInput): Promise<DataKeyPair>
  createKey(input: CreateKeyInput): Promise<KeyMetadata>
  describeKey(keyId: string): Promise<KeyMetadata>
  listKeys(query?: KeyQuery): Promise<KeyPage>
  /** The keys made after that one, or the first; `limit` 1 to 1,000. */
  keysAfter(place: KeyPlace | null, limit: number): Promise<KeysAfter>
  enableKey(keyId: string): Promise<void>
  disableKey(keyId: string): Promise<void>
  /** Batches name 1 to 100 keys, each once (`DuplicateKeyId`). */
  describeKeys(keyIds: readonly string[]): Promise<readonly KeyMetadata[]>
  /** All or none. */
  enableKeys(keyIds: readonly string[]): Promise<void>
  /** All or none. */
  disableKeys(keyIds: readonly string[]): Promise<void>
  generateRandom(numberOfBytes: number): Promise<Uint8Array>
}
