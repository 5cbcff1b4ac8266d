import type { PageOfRows, PlaceInList } from './page-after.ts'

type Texts = Readonly<Record<string, string>>

/** Whom policies are attached to. */
export interface BearerName {
  readonly kind: 'user' | 'group' | 'role'
  readonly name: string
}

export interface AttachedPolicyView {
  readonly arn: string
  readonly name: string
  readonly number: number
}

/** What users, groups, roles and managed policies have in common. Times are milliseconds since the epoch. */
export interface EntityView {
  readonly name: string
  /** `/` or `/a/b/`. */
  readonly path: string
  readonly id: string
  /** The same as CAM counts. */
  readonly number: number
  readonly arn: string
  readonly description: string
  readonly createdAt: number
}

export interface UserView extends EntityView {
  readonly tags: Texts
  readonly groups: readonly string[]
}

export interface RoleView extends EntityView {
  readonly trust: string
  /** Seconds. */
  readonly maxSession: number
  readonly tags: Texts
}

export interface PolicyView extends EntityView {
  readonly defaultVersion: string
  readonly attachmentCount: number
  readonly updatedAt: number
}

export interface PolicyVersionView {
  readonly id: string
  readonly document: string
  readonly isDefault: boolean
  readonly createdAt: number
}

export interface AccessKeyView {
  readonly accessKeyId: string
  readonly userName: string
  readonly active: boolean
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly lastUsedService: string | null
}

export interface OidcProviderView {
  readonly arn: string
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: number
}

export interface MfaDeviceView {
  readonly serial: string
  readonly userName: string | null
  readonly enabledAt: number | null
}

export interface NewEntityInput {
  readonly name: string
  readonly path?: string
  readonly description?: string
  readonly tags?: Texts
}

export interface NewRoleInput extends NewEntityInput {
  readonly trust: string
  readonly maxSession?: number
}

export interface NewPolicyInput extends NewEntityInput {
  readonly document: string
}

/** One question to the evaluator, and the policies to ask when they are not those of a principal. */
export interface SimulateInput {
  /** ARN of a user, group or role; absent for a custom simulation. */
  readonly principal?: string
  /** Policy documents in addition. */
  readonly policies: readonly string[]
  readonly actions: readonly string[]
  /** `*` when empty. */
  readonly resources: readonly string[]
  /** The ARN of whoever would ask. */
  readonly callerArn?: string
  readonly keyPolicy?: string
  /** Condition keys and their values. */
  readonly context: Readonly<Record<string, readonly string[]>>
}

export interface SimulatedDecision {
  readonly action: string
  readonly resource: string
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  readonly reason: string
  /** The statement that decided. */
  readonly by: { readonly policy: string; readonly statement: number; readonly sid: string | null } | null
}

/** Temporary credentials, shown once. */
export interface SessionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: number
}

/** Who bears them acts as whoever asked for them, narrowed. */
export interface FederatedCredentials extends SessionCredentials {
  readonly arn: string
}

export interface AssumedRole {
  readonly credentials: SessionCredentials
  readonly arn: string
  /** `ROLEID:SESSION`. */
  readonly assumedRoleId: string
}

export interface SecondFactor {
  readonly serialNumber?: string
  readonly tokenCode?: string
}

interface SessionNarrowing {
  /** Policy documents. */
  readonly policies?: readonly string[]
  /** ARNs of managed policies. */
  readonly policyArns?: readonly string[]
  readonly durationSeconds?: number
}

export interface AssumeRoleInput extends SessionNarrowing, SecondFactor {
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId?: string
}

export interface WebIdentityInput extends SessionNarrowing {
  readonly roleArn: string
  readonly sessionName: string
  readonly token: string
  /** The provider's ARN where the request names it; otherwise it follows from the token. */
  readonly provider?: string
}

export interface WebIdentitySession extends AssumedRole {
  readonly provider: string
  readonly subject: string
  readonly audience: string
}

export interface CallerIdentity {
  readonly arn: string
  readonly account: string
  readonly userId: string
}

export interface GrantView {
  readonly grantId: string
  readonly keyArn: string
  readonly name: string
  readonly grantee: string
  readonly retiring: string | null
  readonly issuer: string
  readonly operations: readonly string[]
  readonly contextEquals?: Texts
  readonly contextSubset?: Texts
  readonly createdAt: number
}

export interface GrantInput {
  readonly keyId: string
  readonly grantee: string
  readonly retiring?: string
  readonly operations: readonly string[]
  readonly name?: string
  readonly contextEquals?: Texts
  readonly contextSubset?: Texts
}

/** A user's own name where none is given. */
type OwnOr = string | undefined

/** Where a page of users, groups or roles begins, and the path that they are under. */
export interface EntityPlace extends PlaceInList {
  readonly pathPrefix: string
}

/** Users, groups, roles, policies and credentials, for one caller. `…After` lists page by page, in an order of its own. */
export interface IdentityOperations {
  createUser(input: NewEntityInput): Promise<UserView>
  getUser(name: OwnOr): Promise<UserView>
  listUsers(): Promise<readonly UserView[]>
  usersAfter(place: EntityPlace): Promise<PageOfRows<UserView>>
  describeUser(name: string, description: string): Promise<void>
  /** CAM takes a user's policies off, and its access keys where it is told to; IAM refuses one that has any. */
  deleteUser(name: string, also?: { readonly policies?: boolean; readonly accessKeys?: boolean }): Promise<void>
  tagUser(name: string, tags: Texts): Promise<void>
  untagUser(name: string, names: readonly string[]): Promise<void>
  /** The one time that the secret is shown. */
  createAccessKey(user: OwnOr): Promise<AccessKeyView & { readonly secretAccessKey: string }>
  listAccessKeys(user: OwnOr): Promise<readonly AccessKeyView[]>
  updateAccessKey(user: OwnOr, accessKeyId: string, active: boolean): Promise<void>
  deleteAccessKey(user: OwnOr, accessKeyId: string): Promise<void>
  accessKeyLastUsed(accessKeyId: string): Promise<AccessKeyView>
  createGroup(input: NewEntityInput): Promise<EntityView>
  getGroup(name: string): Promise<{ readonly group: EntityView; readonly users: readonly UserView[] }>
  listGroups(): Promise<readonly EntityView[]>
  groupsAfter(place: EntityPlace): Promise<PageOfRows<EntityView>>
  deleteGroup(name: string): Promise<void>
  addUserToGroup(group: string, user: string): Promise<void>
  removeUserFromGroup(group: string, user: string): Promise<void>
  groupsOfUser(user: string): Promise<readonly EntityView[]>
  createRole(input: NewRoleInput): Promise<RoleView>
  getRole(name: string): Promise<RoleView>
  listRoles(): Promise<readonly RoleView[]>
  rolesAfter(place: EntityPlace): Promise<PageOfRows<RoleView>>
  updateRole(name: string, change: { readonly description?: string; readonly maxSession?: number }): Promise<void>
  updateTrust(name: string, document: string): Promise<void>
  deleteRole(name: string): Promise<void>
  createPolicy(input: NewPolicyInput): Promise<PolicyView>
  getPolicy(arn: string): Promise<PolicyView>
  listPolicies(scope: 'All' | 'AWS' | 'Local'): Promise<readonly PolicyView[]>
  deletePolicy(arn: string): Promise<void>
  entitiesForPolicy(arn: string): Promise<readonly (BearerName & { readonly id: string; readonly number: number })[]>
  createPolicyVersion(arn: string, document: string, isDefault: boolean): Promise<PolicyVersionView>
  getPolicyVersion(arn: string, version: string): Promise<PolicyVersionView>
  listPolicyVersions(arn: string): Promise<readonly PolicyVersionView[]>
  setDefaultPolicyVersion(arn: string, version: string): Promise<void>
  deletePolicyVersion(arn: string, version: string): Promise<void>
  putInlinePolicy(bearer: BearerName, policy: string, document: string): Promise<void>
  getInlinePolicy(bearer: BearerName, policy: string): Promise<string>
  listInlinePolicies(bearer: BearerName): Promise<readonly string[]>
  deleteInlinePolicy(bearer: BearerName, policy: string): Promise<void>
  attachPolicy(bearer: BearerName, arn: string): Promise<void>
  detachPolicy(bearer: BearerName, arn: string): Promise<void>
  attachedPolicies(bearer: BearerName): Promise<readonly AttachedPolicyView[]>
  simulate(input: SimulateInput): Promise<readonly SimulatedDecision[]>
  createOidcProvider(input: {
    readonly url: string
    readonly clientIds: readonly string[]
    readonly thumbprints: readonly string[]
  }): Promise<OidcProviderView>
  getOidcProvider(arn: string): Promise<OidcProviderView>
  listOidcProviders(): Promise<readonly OidcProviderView[]>
  deleteOidcProvider(arn: string): Promise<void>
  createMfaDevice(name: string): Promise<{ readonly serial: string; readonly seed: Uint8Array }>
  enableMfaDevice(user: string, serial: string, codes: readonly [string, string]): Promise<void>
  deactivateMfaDevice(user: string, serial: string): Promise<void>
  deleteMfaDevice(serial: string): Promise<void>
  listMfaDevices(user: string | null): Promise<readonly MfaDeviceView[]>
  callerIdentity(): Promise<CallerIdentity>
  accessKeyAccount(accessKeyId: string): Promise<string>
  sessionToken(input: { readonly durationSeconds?: number } & SecondFactor): Promise<SessionCredentials>
  federationToken(input: {
    readonly name: string
    readonly policies: readonly string[]
    readonly durationSeconds?: number
  }): Promise<FederatedCredentials>
  assumeRole(input: AssumeRoleInput): Promise<AssumedRole>
  assumeRoleWithWebIdentity(input: WebIdentityInput): Promise<WebIdentitySession>
  putKeyPolicy(keyId: string, document: string, bypassLockout: boolean): Promise<void>
  getKeyPolicy(keyId: string): Promise<string>
  listKeyPolicies(keyId: string): Promise<readonly string[]>
  createGrant(input: GrantInput): Promise<{ readonly grantId: string; readonly token: string }>
  listGrants(keyId: string): Promise<readonly GrantView[]>
  /** By its token, or by its key and id. */
  retireGrant(grant: { readonly token?: string; readonly keyId?: string; readonly grantId?: string }): Promise<void>
  revokeGrant(keyId: string, grantId: string): Promise<void>
  /** In an order of their own, which making and deleting others does not change. */
  listRetirableGrants(retiring: string, place: PlaceInList): Promise<PageOfRows<GrantView>>
  /** The name of what CAM names by its number. Throws `NoSuchEntity`. */
  nameOf(kind: 'user' | 'group' | 'role' | 'policy', number: number): Promise<string>
  /** Whether the caller may; audited by whoever asks. Throws `AccessDenied`. */
  authorise(action: string, resource?: string): Promise<void>
}

/** One page of what is listed whole. */
export function pageOf<T>(
  items: readonly T[],
  { offset = 0, limit = 100 }: { readonly offset?: number; readonly limit?: number },
) {
  const page = items.slice(offset, offset + limit)
  return { page, next: offset + page.length < items.length ? offset + page.length : null }
}
