import { z } from 'zod'
import type { EntityView } from '../../identity-operations.ts'
import type { Action } from '../action.ts'
import { byName, entityName, iamAction, iso, listAction, nothing, PagedList, pathName } from './iam-fields.ts'
import { userShape } from './users.ts'

const shape = ({ name, path, id, arn, createdAt }: EntityView) => ({
  Path: path,
  GroupName: name,
  GroupId: id,
  Arn: arn,
  CreateDate: iso(createdAt),
})

const membership = z.strictObject({ GroupName: entityName, UserName: entityName })
const members = new PagedList('users of a group', byName)
const ofUser = new PagedList('groups of a user', byName)

export const groups: readonly Action[] = [
  iamAction('CreateGroup', {
    changes: true,
    request: z
      .strictObject({ GroupName: entityName, Path: pathName })
      .transform(({ GroupName: name, Path }) => ({ name, ...(Path === undefined ? {} : { path: Path }) })),
    call: (keys, input) => keys.createGroup(input),
    answer: (group) => ({ Group: shape(group) }),
  }),
  iamAction('GetGroup', {
    changes: false,
    request: z.strictObject({ GroupName: entityName, ...members.fields }),
    call: (keys, { GroupName }) => keys.getGroup(GroupName),
    answer: ({ group, users }, page) => ({ Group: shape(group), ...members.answer('Users', users, page, userShape) }),
  }),
  listAction('ListGroups', 'Groups', (keys, place) => keys.groupsAfter(place), shape),
  iamAction('DeleteGroup', {
    changes: true,
    request: z.strictObject({ GroupName: entityName }),
    call: (keys, { GroupName }) => keys.deleteGroup(GroupName),
    answer: nothing,
  }),
  iamAction('AddUserToGroup', {
    changes: true,
    request: membership,
    call: (keys, { GroupName, UserName }) => keys.addUserToGroup(GroupName, UserName),
    answer: nothing,
  }),
  iamAction('RemoveUserFromGroup', {
    changes: true,
    request: membership,
    call: (keys, { GroupName, UserName }) => keys.removeUserFromGroup(GroupName, UserName),
    answer: nothing,
  }),
  iamAction('ListGroupsForUser', {
    changes: false,
    request: z.strictObject({ UserName: entityName, ...ofUser.fields }),
    call: (keys, { UserName }) => keys.groupsOfUser(UserName),
    answer: (groups, page) => ofUser.answer('Groups', groups, page, shape),
  }),
]
