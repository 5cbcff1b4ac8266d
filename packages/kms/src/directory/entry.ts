/** What the directory keeps as documents, each by its kind and id. */
export type EntryKind = 'user' | 'group' | 'role' | 'policy' | 'oidc-provider' | 'mfa-device' | 'key-policy'

type Texts = Readonly<Record<string, string>>

interface Named {
  readonly name: string
  /** `/` or `/a/b/`. */
  readonly path: string
  /** Never used for another thing again: `AIDA…`. */
  readonly id: string
  /** The same as CAM counts: a uin, a group's or policy's number. */
  readonly number: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Whom policies are attached to. */
export interface Bearer {
  /** Policy documents by name. */
  readonly inline: Texts
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
}

export interface UserEntry extends Named, Bearer {
  /** Names of groups. */
  readonly groups: readonly string[]
  readonly tags: Texts
  readonly description: string
}

export interface GroupEntry extends Named, Bearer {
  readonly description: string
}

export interface RoleEntry extends Named, Bearer {
  readonly trust: string
  readonly description: string
  /** Seconds. */
  readonly maxSession: number
  readonly tags: Texts
}

export interface PolicyVersion {
  /** `v1`, … */
  readonly id: string
  readonly document: string
  readonly createdAt: number
}

export interface PolicyEntry extends Named {
  readonly description: string
  readonly versions: readonly PolicyVersion[]
  readonly defaultVersion: string
  readonly nextVersion: number
  readonly updatedAt: number
}

export interface OidcProviderEntry {
  /** Without the scheme. */
  readonly host: string
  /** The issuer as tokens name it. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: number
}

export interface MfaDeviceEntry {
  readonly serial: string
  /** Base64 of the seed, sealed by the vault. */
  readonly sealedSeed: string
  readonly user: string | null
  readonly enabledAt: number | null
  /** The newest time step that was accepted: each code serves once. */
  readonly lastStep: number
  readonly createdAt: number
}

export interface KeyPolicyEntry {
  readonly document: string
}

/** What is kept of a grant, in a table of its own. */
export interface GrantEntry {
  readonly id: string
  readonly keyId: string
  /** Hex SHA-256 of its token. */
  readonly token: string
  readonly name: string
  readonly grantee: string
  readonly retiring: string | null
  readonly issuer: string
  readonly operations: readonly string[]
  readonly contextEquals?: Texts
  readonly contextSubset?: Texts
  readonly createdAt: number
}

/** The document of each kind. */
export interface Entries {
  readonly user: UserEntry
  readonly group: GroupEntry
  readonly role: RoleEntry
  readonly policy: PolicyEntry
  readonly 'oidc-provider': OidcProviderEntry
  readonly 'mfa-device': MfaDeviceEntry
  readonly 'key-policy': KeyPolicyEntry
}
