import { z } from 'zod'
import type { ReplicaMessage } from '../multi-region.ts'
import { base64, encodeBase64 } from '../schema/fields.ts'
import { keySpec, keyUse } from './key-spec.ts'

const time = z.int().min(0)
const regionName = z.string().min(1).max(32)
const REGIONS_MAX = 100
/** Characters. */
const POLICY_MAX = 32_768
const VERSIONS_MAX = 1_000
/** Bytes: an RSA-4096 private key in PKCS#8 has about 2,400. */
const WRAPPED_MAX = 8_192

const version = z
  .strictObject({
    Version: z.int().min(1),
    CreatedAt: time,
    Cause: z.enum(['created', 'imported', 'automatic', 'on demand']),
    PublicKey: base64(1, WRAPPED_MAX).nullable(),
    Wrapped: base64(16, WRAPPED_MAX),
  })
  .transform(({ Version, CreatedAt, Cause, PublicKey, Wrapped }) => ({
    row: { version: Version, createdAt: CreatedAt, cause: Cause, publicKey: PublicKey },
    wrapped: Wrapped,
  }))

const group = z
  .strictObject({
    PrimaryRegion: regionName,
    Regions: z.array(regionName).min(1).max(REGIONS_MAX),
    Generation: z.int().min(1),
  })
  .transform(({ PrimaryRegion, Regions, Generation }) => ({
    primaryRegion: PrimaryRegion,
    regions: Regions,
    generation: Generation,
  }))

const create = z
  .strictObject({
    Description: z.string().max(8192),
    Tags: z.record(z.string(), z.string()),
    Policy: z.string().max(POLICY_MAX).optional(),
  })
  .transform(({ Description, Tags, Policy }) => ({
    description: Description,
    tags: Tags,
    ...(Policy === undefined ? {} : { policy: Policy }),
  }))

/** The replica message as JSON (docs/formats/replica.md). */
export const replicaMessage = z
  .strictObject({
    KeyId: z.string().regex(/^mrk-[0-9a-f]{32}$/),
    Spec: keySpec,
    Use: keyUse,
    Origin: z.enum(['KMS', 'EXTERNAL']),
    MaterialCheck: z.string().max(256).nullable(),
    Version: z.int().min(0),
    RotationDays: z.int().min(7).max(365).nullable(),
    LastRotatedAt: time.nullable(),
    Group: group,
    Kek: base64(256, 512).nullable(),
    Versions: z.array(version).max(VERSIONS_MAX),
    Create: create.optional(),
  })
  .transform(
    (given): ReplicaMessage => ({
      keyId: given.KeyId,
      spec: given.Spec,
      use: given.Use,
      origin: given.Origin,
      materialCheck: given.MaterialCheck,
      version: given.Version,
      rotationDays: given.RotationDays,
      lastRotatedAt: given.LastRotatedAt,
      group: given.Group,
      versions: given.Versions.map(({ row }) => row),
      transfer: given.Kek === null ? null : { kek: given.Kek, wrapped: given.Versions.map(({ wrapped }) => wrapped) },
      ...(given.Create === undefined ? {} : { create: given.Create }),
    }),
  )

/** What `replicaMessage` reads. */
export function replicaMessageJson(message: ReplicaMessage): Record<string, unknown> {
  const { group, transfer, create } = message
  const nullable = (bytes: Uint8Array | null) => (bytes === null ? null : encodeBase64(bytes))
  return {
    KeyId: message.keyId,
    Spec: message.spec,
    Use: message.use,
    Origin: message.origin,
    MaterialCheck: message.materialCheck,
    Version: message.version,
    RotationDays: message.rotationDays,
    LastRotatedAt: message.lastRotatedAt,
    Group: { PrimaryRegion: group.primaryRegion, Regions: group.regions, Generation: group.generation },
    Kek: nullable(transfer?.kek ?? null),
    Versions: message.versions.map(({ version, createdAt, cause, publicKey }, index) => ({
      Version: version,
      CreatedAt: createdAt,
      Cause: cause,
      PublicKey: nullable(publicKey),
      Wrapped: encodeBase64(transfer?.wrapped[index] ?? new Uint8Array()),
    })),
    ...(create === undefined
      ? {}
      : { Create: { Description: create.description, Tags: create.tags, Policy: create.policy } }),
  }
}

/** What proves that a replica key is that of who knows the signing key (docs/formats/replica.md). */
export const replicaKeyProofText = (nonce: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from('hufu replica key\0'), nonce, publicKey])
