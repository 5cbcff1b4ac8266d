import type { PageOfRows, PlaceInList } from '../page-after.ts'
import type { Texts } from './entity.ts'

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

/** Policies and grants of keys. */
export interface KeyAccessOperations {
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
}
