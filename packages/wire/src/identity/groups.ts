import type { PageOfRows } from '../page-after.ts'
import type { EntityPlace, EntityView, NewEntityInput } from './entity.ts'
import type { UserView } from './users.ts'

/** Groups of users. */
export interface GroupOperations {
  createGroup(input: NewEntityInput): Promise<EntityView>
  getGroup(name: string): Promise<{ readonly group: EntityView; readonly users: readonly UserView[] }>
  listGroups(): Promise<readonly EntityView[]>
  groupsAfter(place: EntityPlace): Promise<PageOfRows<EntityView>>
  deleteGroup(name: string): Promise<void>
  addUserToGroup(group: string, user: string): Promise<void>
  removeUserFromGroup(group: string, user: string): Promise<void>
  groupsOfUser(user: string): Promise<readonly EntityView[]>
}
