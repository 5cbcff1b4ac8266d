import type { PlaceInList } from '../page-after.ts'

/** Names and their values. */
export type Texts = Readonly<Record<string, string>>

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

export interface NewEntityInput {
  readonly name: string
  readonly path?: string
  readonly description?: string
  readonly tags?: Texts
}

/** Where a page of users, groups or roles begins, and the path that they are under. */
export interface EntityPlace extends PlaceInList {
  readonly pathPrefix: string
}
