import type { PageOfRows } from '../page-after.ts'
import type { EntityPlace, EntityView, NewEntityInput, Texts } from './entity.ts'

/** A user's own name where none is given. */
type OwnOr = string | undefined

export interface UserView extends EntityView {
  readonly tags: Texts
  readonly groups: readonly string[]
}

export interface AccessKeyView {
  readonly accessKeyId: string
  readonly userName: string
  readonly active: boolean
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly lastUsedService: string | null
}

/** Users and their access keys. */
export interface UserOperations {
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
}
