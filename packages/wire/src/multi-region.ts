import type { KeyMetadata, KeySpec, KeyState, KeyUse, ProtectionLevel } from './key-operations.ts'
import type { KeyName } from './key-service.ts'

/** Which regions have the same key: its id and material are one, all the rest is each region's own. */
export interface RegionGroup {
  /** Where the key is rotated and replicated from. */
  readonly primaryRegion: string
  /** Every region that has it, the primary's included; in the order of their coming. */
  readonly regions: readonly string[]
  /** Goes up with each change, so that an older message changes nothing. */
  readonly generation: number
}

/** How the latest message to the other regions went. Times are milliseconds since the epoch. */
export interface RegionSync {
  readonly status: 'none' | 'ok' | 'failed'
  readonly message: string
  readonly startedAt: number | null
  readonly endedAt: number | null
}

export interface ReplicateInput {
  readonly keyId: KeyName
  readonly region: string
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  /** The replica's key policy; one that leaves it to the account when absent. */
  readonly policy?: string
}

/** The versions of one key on their way to another backend. */
export interface Transfer {
  /** A fresh AES-256 key under the receiver's public key: RSA OAEP with SHA-1 (docs/formats/replica.md). */
  readonly kek: Uint8Array
  /** The versions in their order, each under that key: AES-KWP of the raw key, or of PKCS#8. */
  readonly wrapped: readonly Uint8Array[]
}

export interface ReplicaVersion {
  readonly version: number
  readonly createdAt: number
  readonly cause: 'created' | 'imported' | 'automatic' | 'on demand'
  readonly publicKey: Uint8Array | null
}

/** What one region tells another of a key that both have. */
export interface ReplicaMessage {
  readonly keyId: string
  readonly spec: KeySpec
  readonly use: KeyUse
  readonly origin: 'KMS' | 'EXTERNAL'
  readonly materialCheck: string | null
  /** The newest version. */
  readonly version: number
  readonly rotationDays: number | null
  readonly lastRotatedAt: number | null
  readonly group: RegionGroup
  /** Without any for imported material, which each region gets from its owner. */
  readonly versions: readonly ReplicaVersion[]
  readonly transfer: Transfer | null
  /** What a new replica is given; without it, a key that is not there stays away (`KeyNotFound`). */
  readonly create?: {
    readonly description: string
    readonly tags: Readonly<Record<string, string>>
    readonly policy?: string
  }
}

export interface ReplicaState {
  readonly protectionLevel: ProtectionLevel
  readonly state: KeyState
  readonly createdAt: number
}

/** Another region's KMS, as this one sees it. Every method throws `HufuError`. */
export interface RegionPeer {
  /** The public key of its token that keys are wrapped to: RSA, SubjectPublicKeyInfo in DER, proven to be its own. */
  replicaKey(): Promise<Uint8Array>
  putReplica(message: ReplicaMessage): Promise<ReplicaState>
}

/** The operations on keys of several regions. */
export interface MultiRegionKeys {
  /** Makes the key in another region too. Throws `ReplicaAlreadyExists`. Resolves to the replica as it is there. */
  replicateKey(input: ReplicateInput): Promise<KeyMetadata>
  /** Asked of the primary: another region that has the key is the primary from now on. */
  updatePrimaryRegion(keyId: KeyName, region: string): Promise<void>
  /** The public key that others wrap keys to. */
  replicaKey(): Promise<Uint8Array>
  /** What another region tells of a key. Idempotent. */
  putReplica(message: ReplicaMessage): Promise<ReplicaState>
}
