import type { EntityView, NewEntityInput } from './entity.ts'

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

export interface NewPolicyInput extends NewEntityInput {
  readonly document: string
}

/** What changes of a managed policy. */
export interface PolicyChange {
  readonly document?: string
  readonly description?: string
}

/** Managed and inline policies, and who has them. */
export interface PolicyOperations {
  createPolicy(input: NewPolicyInput): Promise<PolicyView>
  getPolicy(arn: string): Promise<PolicyView>
  listPolicies(scope: 'All' | 'AWS' | 'Local'): Promise<readonly PolicyView[]>
  updatePolicy(arn: string, change: PolicyChange): Promise<void>
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
}
