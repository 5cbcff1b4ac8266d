import type { StoredAuditRecord } from '../audit/audit-record.ts'
import type { AccessKey, Session } from '../identity/access-key.ts'
import type { ImportToken } from '../import/import-token.ts'
import type { Key, KeyVersion } from '../key/key.ts'

/** A row as either database gives it: PostgreSQL has its 8-byte integers as text, SQLite its booleans as numbers. */
export type Row = Readonly<Record<string, unknown>>

const when = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))

export const toKey = (row: Row): Key => ({
  id: String(row.id),
  alias: String(row.alias ?? ''),
  description: String(row.description),
  state: row.state as Key['state'],
  spec: row.spec as Key['spec'],
  use: row.use as Key['use'],
  origin: row.origin as Key['origin'],
  protection: row.protection as Key['protection'],
  creator: String(row.creator),
  createdAt: Number(row.created_at),
  version: Number(row.version),
  rotationDays: when(row.rotation_days),
  nextRotationAt: when(row.next_rotation_at),
  lastRotatedAt: when(row.last_rotated_at),
  deletionAt: when(row.deletion_at),
  materialExpiresAt: when(row.material_expires_at),
  materialCheck: row.material_check === null ? null : String(row.material_check),
  multiRegion: typeof row.multi_region === 'string' ? (JSON.parse(row.multi_region) as Key['multiRegion']) : null,
  syncAt: when(row.sync_at),
})

export const keyRow = (key: Key): Row => ({
  id: key.id,
  description: key.description,
  state: key.state,
  spec: key.spec,
  use: key.use,
  origin: key.origin,
  protection: key.protection,
  creator: key.creator,
  created_at: key.createdAt,
  version: key.version,
  rotation_days: key.rotationDays,
  next_rotation_at: key.nextRotationAt,
  last_rotated_at: key.lastRotatedAt,
  deletion_at: key.deletionAt,
  material_expires_at: key.materialExpiresAt,
  material_check: key.materialCheck,
  multi_region: key.multiRegion === null ? null : JSON.stringify(key.multiRegion),
  sync_at: key.syncAt,
})

export const toVersion = (row: Row): KeyVersion => ({
  keyId: String(row.key_id),
  version: Number(row.version),
  wrapped: row.wrapped as Uint8Array,
  publicKey: (row.public_key ?? null) as Uint8Array | null,
  createdAt: Number(row.created_at),
  cause: row.cause as KeyVersion['cause'],
  binding: row.binding as Uint8Array,
})

export const versionRow = (version: KeyVersion): Row => ({
  key_id: version.keyId,
  version: version.version,
  wrapped: Buffer.from(version.wrapped),
  public_key: version.publicKey === null ? null : Buffer.from(version.publicKey),
  created_at: version.createdAt,
  cause: version.cause,
  binding: Buffer.from(version.binding),
})

export const toImportToken = (row: Row): ImportToken => ({
  id: String(row.id),
  keyId: String(row.key_id),
  spec: row.spec as ImportToken['spec'],
  algorithm: row.algorithm as ImportToken['algorithm'],
  wrapped: row.wrapped as Uint8Array,
  expiresAt: Number(row.expires_at),
})

export const importTokenRow = (token: ImportToken): Row => ({
  id: token.id,
  key_id: token.keyId,
  spec: token.spec,
  algorithm: token.algorithm,
  wrapped: Buffer.from(token.wrapped),
  expires_at: token.expiresAt,
})

export const toAccessKey = (row: Row): AccessKey => ({
  id: String(row.id),
  principal: String(row.principal),
  sealedSecret: row.sealed_secret as Uint8Array,
  active: Boolean(row.active),
  createdAt: Number(row.created_at),
  lastUsedAt: when(row.last_used_at),
  lastUsedService: row.last_used_service === null ? null : String(row.last_used_service),
  session:
    row.session === null
      ? null
      : { ...(JSON.parse(String(row.session)) as Session), expiresAt: Number(row.expires_at) },
})

export const accessKeyRow = (accessKey: AccessKey): Row => ({
  id: accessKey.id,
  principal: accessKey.principal,
  sealed_secret: Buffer.from(accessKey.sealedSecret),
  active: accessKey.active,
  created_at: accessKey.createdAt,
  last_used_at: accessKey.lastUsedAt,
  last_used_service: accessKey.lastUsedService,
  expires_at: accessKey.session?.expiresAt ?? null,
  session: accessKey.session === null ? null : JSON.stringify(accessKey.session),
})

export const toAuditRecord = (row: Row): StoredAuditRecord => ({
  sequence: Number(row.sequence),
  ...JSON.parse(String(row.record)),
})
