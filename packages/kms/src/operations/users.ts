import type { EntityPlace, NewEntityInput, PageOfRows, UserView } from '@hufu/wire'
import { parseArn } from '../directory/arns.ts'
import { changeAccess } from '../directory/change.ts'
import { checkEntityTags, conflict, invalid, withoutTags } from '../directory/checks.ts'
import { entriesUnder, entryId, listEntries } from '../directory/documents.ts'
import { arnOf, changeEntity, givenEntity, insertEntity, namedArn, newEntity, onEntity } from '../directory/entities.ts'
import type { UserEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'

export const userView = (call: Call, { inline: _, attached: __, ...entry }: UserEntry): UserView => ({
  ...entry,
  arn: arnOf(call, 'user', entry),
})

/** The root user has no name; it is as old as the oldest of its access keys. */
async function rootView(call: Call): Promise<UserView> {
  const { accountId } = call.kms.place
  const arn = call.kms.principals.rootArn
  const keys = await call.kms.store.accessKeysOf(arn)
  const createdAt = Math.min(...keys.map((key) => key.createdAt))
  const nothing = { name: '', path: '/', description: '', tags: {}, groups: [] }
  return { ...nothing, arn, id: accountId, number: Number(accountId), createdAt }
}

export async function createUser(call: Call, input: NewEntityInput): Promise<UserView> {
  const resource = namedArn(call, 'user', input.name, input.path)
  const request = { action: 'iam:CreateUser', resource, subject: resource, requestTags: input.tags ?? {} }
  return call.changeRows(request, async (writes) => {
    const none = { groups: [], inline: {}, attached: [] }
    const entry: UserEntry = { ...newEntity(call, 'user', input), tags: checkEntityTags(input.tags), ...none }
    await insertEntity(writes, 'user', entry)
    return userView(call, entry)
  })
}

export async function getUser(call: Call, name?: string): Promise<UserView> {
  const { rootArn } = call.kms.principals
  if (name === undefined && call.caller.principal === rootArn)
    return call.run({ action: 'iam:GetUser', resource: rootArn, subject: rootArn }, () => rootView(call))
  const own = name ?? (await ownName(call, 'GetUser'))
  return call.run(await onEntity(call, 'GetUser', 'user', own), async () =>
    userView(call, await givenEntity(call.kms.store, 'user', own)),
  )
}

export function listUsers(call: Call): Promise<readonly UserView[]> {
  return call.run({ action: 'iam:ListUsers' }, async () =>
    (await listEntries(call.kms.store, 'user')).map((entry) => userView(call, entry)),
  )
}

export function usersAfter(call: Call, place: EntityPlace): Promise<PageOfRows<UserView>> {
  return call.run({ action: 'iam:ListUsers' }, () =>
    entriesUnder(call.kms.store, 'user', place, (entry) => userView(call, entry)),
  )
}

export async function describeUser(call: Call, name: string, description: string): Promise<void> {
  return call.changeRows(await onEntity(call, 'UpdateUser', 'user', name), (writes) =>
    changeEntity(writes, 'user', name, { description: description.slice(0, 1_000) }),
  )
}

export async function deleteUser(
  call: Call,
  name: string,
  also: { readonly policies?: boolean; readonly accessKeys?: boolean } = {},
): Promise<void> {
  return changeAccess(call, await onEntity(call, 'DeleteUser', 'user', name), async (writes) => {
    const entry = await givenEntity(writes, 'user', name)
    const arn = arnOf(call, 'user', entry)
    const keys = await writes.accessKeysOf(arn)
    if (also.accessKeys !== true && keys.some(({ session }) => session === null))
      throw conflict('expected a user without access keys')
    const bears = entry.attached.length > 0 || Object.keys(entry.inline).length > 0
    if (also.policies !== true && bears) throw conflict('expected a user without policies')
    if (also.policies !== true && entry.groups.length > 0) throw conflict('expected a user in no group')
    for (const { id } of keys) await writes.deleteAccessKey(id)
    await writes.deleteEntry('user', entryId(name))
  })
}

/** Tags speak in conditions, so caches are told. */
export async function tagUser(call: Call, name: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const request = { ...(await onEntity(call, 'TagUser', 'user', name)), requestTags: tags }
  return changeAccess(call, request, async (writes) => {
    const entry = await givenEntity(writes, 'user', name)
    await changeEntity(writes, 'user', name, { tags: checkEntityTags({ ...entry.tags, ...tags }) })
  })
}

export async function untagUser(call: Call, name: string, names: readonly string[]): Promise<void> {
  return changeAccess(call, await onEntity(call, 'UntagUser', 'user', name), async (writes) => {
    const { tags } = await givenEntity(writes, 'user', name)
    await changeEntity(writes, 'user', name, { tags: withoutTags(tags, names) })
  })
}

/** The caller's own user name. Throws `InvalidParameter` when the caller is no user. */
export function callerName(call: Call): string {
  const parsed = parseArn(call.caller.principal)
  if (parsed?.kind === 'user') return parsed.name
  throw invalid('expected the name of a user: the caller is none')
}

/** The same before an action, which has a record when it fails for that. */
export const ownName = (call: Call, action: string): Promise<string> =>
  call.resolve({ action: `iam:${action}` }, async () => callerName(call))
