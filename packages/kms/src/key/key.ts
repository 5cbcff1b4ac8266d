import {
  type KeyMetadata,
  type KeySpec,
  type KeyState,
  type KeyUse,
  keyArn,
  type ProtectionLevel,
  type RegionGroup,
  type RegionSync,
} from '@hufu/wire'
import type { Place } from '../kms-parts.ts'

/** A key as the store keeps it. Times are milliseconds since the epoch. */
export interface Key {
  readonly id: string
  /** The oldest of its aliases, without `alias/`; empty when it has none. Kept apart from the key itself. */
  readonly alias: string
  readonly description: string
  readonly state: KeyState
  readonly spec: KeySpec
  readonly use: KeyUse
  readonly origin: 'KMS' | 'EXTERNAL'
  readonly protection: ProtectionLevel
  readonly creator: string
  readonly createdAt: number
  /** The newest version, counted from 1; 0 before the first material is imported. */
  readonly version: number
  readonly rotationDays: number | null
  readonly nextRotationAt: number | null
  readonly lastRotatedAt: number | null
  readonly deletionAt: number | null
  /** When imported material is to be destroyed. */
  readonly materialExpiresAt: number | null
  /** Tells whether imported material is the same again; null before the first import. */
  readonly materialCheck: string | null
  /** Null for a key of one region. */
  readonly multiRegion: StoredRegions | null
  /** When the other regions are to be told of a change; null when they know all. */
  readonly syncAt: number | null
}

export interface StoredRegions extends RegionGroup {
  readonly sync: RegionSync
}

/** How a version came to be. */
export type VersionCause = 'created' | 'imported' | 'automatic' | 'on demand'

/** One generation of a key's material. Never changed after it is made. */
export interface KeyVersion {
  readonly keyId: string
  readonly version: number
  readonly wrapped: Uint8Array
  readonly publicKey: Uint8Array | null
  readonly createdAt: number
  readonly cause: VersionCause
  /** Seals the wrapped bytes to this key and version, so that material can't be exchanged in the store. */
  readonly binding: Uint8Array
}

export const toMetadata = (key: Key, { region, accountId }: Place): KeyMetadata => ({
  keyId: key.id,
  arn: keyArn(region, accountId, key.id),
  alias: key.alias,
  description: key.description,
  state: key.state,
  spec: key.spec,
  use: key.use,
  origin: key.origin,
  protectionLevel: key.protection,
  createdAt: key.createdAt,
  creator: key.creator,
  owner: accountId,
  version: key.version,
  rotationDays: key.rotationDays,
  nextRotationAt: key.nextRotationAt,
  lastRotatedAt: key.lastRotatedAt,
  deletionAt: key.deletionAt,
  materialExpiresAt: key.materialExpiresAt,
  multiRegion: key.multiRegion,
})
