import type { EntityPlace, EntityView, NewEntityInput, PageOfRows, UserView } from '@hufu/wire'
import { changeAccess } from '../directory/change.ts'
import { conflict, noEntity } from '../directory/checks.ts'
import { entriesUnder, entryId, listEntries } from '../directory/documents.ts'
import { arnOf, changeEntity, givenEntity, insertEntity, namedArn, newEntity, onEntity } from '../directory/entities.ts'
import type { GroupEntry, UserEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'
import type { Reads } from '../store/store.ts'
import { userView } from './users.ts'

const groupView = (call: Call, { inline: _, attached: __, ...entry }: GroupEntry): EntityView => ({
  ...entry,
  arn: arnOf(call, 'group', entry),
})

const isIn = (group: string) => (user: UserEntry) => user.groups.some((name) => entryId(name) === entryId(group))

const members = async (rows: Pick<Reads, 'entries'>, group: string): Promise<readonly UserEntry[]> =>
  (await listEntries(rows, 'user')).filter(isIn(group))

export async function createGroup(call: Call, input: NewEntityInput): Promise<EntityView> {
  const resource = namedArn(call, 'group', input.name, input.path)
  return call.changeRows({ action: 'iam:CreateGroup', resource, subject: resource }, async (writes) => {
    const entry: GroupEntry = { ...newEntity(call, 'group', input), inline: {}, attached: [] }
    await insertEntity(writes, 'group', entry)
    return groupView(call, entry)
  })
}

export async function getGroup(
  call: Call,
  name: string,
): Promise<{ readonly group: EntityView; readonly users: readonly UserView[] }> {
  return call.run(await onEntity(call, 'GetGroup', 'group', name), async () => ({
    group: groupView(call, await givenEntity(call.kms.store, 'group', name)),
    users: (await members(call.kms.store, name)).map((user) => userView(call, user)),
  }))
}

export function listGroups(call: Call): Promise<readonly EntityView[]> {
  return call.run({ action: 'iam:ListGroups' }, async () =>
    (await listEntries(call.kms.store, 'group')).map((entry) => groupView(call, entry)),
  )
}

export function groupsAfter(call: Call, place: EntityPlace): Promise<PageOfRows<EntityView>> {
  return call.run({ action: 'iam:ListGroups' }, () =>
    entriesUnder(call.kms.store, 'group', place, (entry) => groupView(call, entry)),
  )
}

export async function deleteGroup(call: Call, name: string): Promise<void> {
  return changeAccess(call, await onEntity(call, 'DeleteGroup', 'group', name), async (writes) => {
    const entry = await givenEntity(writes, 'group', name)
    if ((await members(writes, name)).length > 0) throw conflict('expected a group without users')
    if (entry.attached.length > 0 || Object.keys(entry.inline).length > 0)
      throw conflict('expected a group without policies')
    await writes.deleteEntry('group', entryId(name))
  })
}

export async function addUserToGroup(call: Call, group: string, user: string): Promise<void> {
  return changeAccess(call, await onEntity(call, 'AddUserToGroup', 'group', group), async (writes) => {
    const { name } = await givenEntity(writes, 'group', group)
    const entry = await givenEntity(writes, 'user', user)
    if (!isIn(group)(entry)) await changeEntity(writes, 'user', user, { groups: [...entry.groups, name] })
  })
}

export async function removeUserFromGroup(call: Call, group: string, user: string): Promise<void> {
  return changeAccess(call, await onEntity(call, 'RemoveUserFromGroup', 'group', group), async (writes) => {
    await givenEntity(writes, 'group', group)
    const entry = await givenEntity(writes, 'user', user)
    if (!isIn(group)(entry)) throw noEntity(`member of group ${group}`, user)
    const groups = entry.groups.filter((name) => entryId(name) !== entryId(group))
    await changeEntity(writes, 'user', user, { groups })
  })
}

export async function groupsOfUser(call: Call, user: string): Promise<readonly EntityView[]> {
  return call.run(await onEntity(call, 'ListGroupsForUser', 'user', user), async () => {
    const entry = await givenEntity(call.kms.store, 'user', user)
    const groups = await Promise.all(entry.groups.map((name) => givenEntity(call.kms.store, 'group', name)))
    return groups.map((group) => groupView(call, group))
  })
}
