import type { PageOfRows } from '../page-after.ts'
import type { EntityPlace, EntityView, NewEntityInput, Texts } from './entity.ts'

export interface RoleView extends EntityView {
  readonly trust: string
  /** Seconds. */
  readonly maxSession: number
  readonly tags: Texts
}

export interface NewRoleInput extends NewEntityInput {
  readonly trust: string
  readonly maxSession?: number
}

/** Roles, and who may act as them. */
export interface RoleOperations {
  createRole(input: NewRoleInput): Promise<RoleView>
  getRole(name: string): Promise<RoleView>
  listRoles(): Promise<readonly RoleView[]>
  rolesAfter(place: EntityPlace): Promise<PageOfRows<RoleView>>
  updateRole(name: string, change: { readonly description?: string; readonly maxSession?: number }): Promise<void>
  tagRole(name: string, tags: Texts): Promise<void>
  untagRole(name: string, names: readonly string[]): Promise<void>
  updateTrust(name: string, document: string): Promise<void>
  deleteRole(name: string): Promise<void>
}
