import { z } from 'zod'
import type { EntityView, UserView } from '../../identity-operations.ts'
import type { KeyOperations } from '../../key-operations.ts'
import type { Action } from '../action.ts'
import { camAction, camPage, name, nothing, number, paging, remark, time } from './cam-fields.ts'

const shape = ({ number: GroupId, name: GroupName, createdAt, description: Remark }: EntityView) => ({
  GroupId,
  GroupName,
  CreateTime: time(createdAt),
  Remark,
})

const memberShape = ({ number: Uin, name: Name, createdAt, description: Remark }: UserView) => ({
  Uid: Uin,
  Uin,
  Name,
  CreateTime: time(createdAt),
  Remark,
})

const onGroup = { GroupId: number }
const memberships = z.strictObject({
  Info: z
    .array(z.strictObject({ GroupId: number, Uin: number.optional(), Uid: number.optional() }))
    .min(1)
    .max(50),
})

/** Each pair by itself, in their order. */
async function eachPair(
  keys: KeyOperations,
  { Info }: z.infer<typeof memberships>,
  act: (group: string, user: string) => Promise<void>,
): Promise<void> {
  for (const { GroupId, Uin, Uid } of Info)
    await act(await keys.nameOf('group', GroupId), await keys.nameOf('user', Uin ?? Uid ?? 0))
}

export const groups: readonly Action[] = [
  camAction('CreateGroup', 'CreateGroup', {
    changes: true,
    request: z.strictObject({ GroupName: name, Remark: remark }),
    call: (keys, { GroupName, Remark }) =>
      keys.createGroup({ name: GroupName, ...(Remark === undefined ? {} : { description: Remark }) }),
    answer: (group) => ({ GroupId: group.number }),
  }),
  camAction('GetGroup', 'GetGroup', {
    changes: false,
    request: z.strictObject(onGroup),
    call: async (keys, { GroupId }) => keys.getGroup(await keys.nameOf('group', GroupId)),
    answer: ({ group, users }) => ({ ...shape(group), GroupNum: users.length, UserInfo: users.map(memberShape) }),
  }),
  camAction('ListGroups', 'ListGroups', {
    changes: false,
    request: z.strictObject({ ...paging, Keyword: z.string().max(64).default('') }),
    call: (keys) => keys.listGroups(),
    answer(groups, input) {
      const found = groups.filter((group) => group.name.includes(input.Keyword))
      return { TotalNum: found.length, GroupInfo: camPage(found, input).map(shape) }
    },
  }),
  camAction('DeleteGroup', 'DeleteGroup', {
    changes: true,
    request: z.strictObject(onGroup),
    call: async (keys, { GroupId }) => keys.deleteGroup(await keys.nameOf('group', GroupId)),
    answer: nothing,
  }),
  camAction('AddUserToGroup', 'AddUserToGroup', {
    changes: true,
    request: memberships,
    call: (keys, input) => eachPair(keys, input, (group, user) => keys.addUserToGroup(group, user)),
    answer: nothing,
  }),
  camAction('RemoveUserFromGroup', 'RemoveUserFromGroup', {
    changes: true,
    request: memberships,
    call: (keys, input) => eachPair(keys, input, (group, user) => keys.removeUserFromGroup(group, user)),
    answer: nothing,
  }),
  camAction('ListUsersForGroup', 'GetGroup', {
    changes: false,
    request: z.strictObject({ ...onGroup, ...paging }),
    call: async (keys, { GroupId }) => keys.getGroup(await keys.nameOf('group', GroupId)),
    answer: ({ users }, input) => ({ TotalNum: users.length, UserInfo: camPage(users, input).map(memberShape) }),
  }),
  camAction('ListGroupsForUser', 'ListGroupsForUser', {
    changes: false,
    request: z.strictObject({ SubUin: number.optional(), Uid: number.optional(), ...paging }),
    call: async (keys, { SubUin, Uid }) => keys.groupsOfUser(await keys.nameOf('user', SubUin ?? Uid ?? 0)),
    answer: (groups, input) => ({ TotalNum: groups.length, GroupInfo: camPage(groups, input).map(shape) }),
  }),
]
