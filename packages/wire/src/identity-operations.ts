import type { FactorOperations } from './identity/factors.ts'
import type { GroupOperations } from './identity/groups.ts'
import type { KeyAccessOperations } from './identity/key-access.ts'
import type { PolicyOperations } from './identity/policies.ts'
import type { RoleOperations } from './identity/roles.ts'
import type { SessionOperations } from './identity/sessions.ts'
import type { SimulationOperations } from './identity/simulation.ts'
import type { UserOperations } from './identity/users.ts'

export type { EntityPlace, EntityView, NewEntityInput } from './identity/entity.ts'
export type { MfaDeviceView, OidcProviderView } from './identity/factors.ts'
export type { GrantInput, GrantView } from './identity/key-access.ts'
export type {
  AttachedPolicyView,
  BearerName,
  NewPolicyInput,
  PolicyChange,
  PolicyVersionView,
  PolicyView,
} from './identity/policies.ts'
export type { NewRoleInput, RoleView } from './identity/roles.ts'
export type {
  AssumedRole,
  AssumeRoleInput,
  CallerIdentity,
  FederatedCredentials,
  SecondFactor,
  SessionCredentials,
  WebIdentityInput,
  WebIdentitySession,
} from './identity/sessions.ts'
export type { SimulatedDecision, SimulateInput } from './identity/simulation.ts'
export type { AccessKeyView, UserView } from './identity/users.ts'

/** Users, groups, roles, policies and credentials, for one caller. `…After` lists page by page, in an order of its own. */
export interface IdentityOperations
  extends UserOperations,
    GroupOperations,
    RoleOperations,
    PolicyOperations,
    SimulationOperations,
    SessionOperations,
    KeyAccessOperations,
    FactorOperations {
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
