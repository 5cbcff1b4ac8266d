import type { EntityPlace, NewRoleInput, PageOfRows, RoleView } from '@hufu/wire'
import { changeAccess } from '../directory/change.ts'
import { checkEntityTags, checkPolicy, checkSeconds, conflict, withoutTags } from '../directory/checks.ts'
import { entriesUnder, entryId, listEntries } from '../directory/documents.ts'
import { arnOf, changeEntity, givenEntity, insertEntity, namedArn, newEntity, onEntity } from '../directory/entities.ts'
import type { RoleEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'

/** Seconds of a session at most. */
export const ROLE_SESSION_MIN = 900
const ROLE_SESSION_DEFAULT = 3_600
export const ROLE_SESSION_MAX = 43_200

const maxSessionOf = (seconds: number = ROLE_SESSION_DEFAULT): number =>
  checkSeconds(seconds, ROLE_SESSION_DEFAULT, ROLE_SESSION_MAX)

const roleView = (call: Call, { inline: _, attached: __, ...entry }: RoleEntry): RoleView => ({
  ...entry,
  arn: arnOf(call, 'role', entry),
})

export async function createRole(call: Call, input: NewRoleInput): Promise<RoleView> {
  const resource = namedArn(call, 'role', input.name, input.path)
  const request = { action: 'iam:CreateRole', resource, subject: resource, requestTags: input.tags ?? {} }
  return call.changeRows(request, async (writes) => {
    const entry: RoleEntry = {
      ...newEntity(call, 'role', input),
      trust: checkPolicy(input.trust, 'trust'),
      maxSession: maxSessionOf(input.maxSession),
      tags: checkEntityTags(input.tags),
      inline: {},
      attached: [],
    }
    await insertEntity(writes, 'role', entry)
    return roleView(call, entry)
  })
}

export async function getRole(call: Call, name: string): Promise<RoleView> {
  return call.run(await onEntity(call, 'GetRole', 'role', name), async () =>
    roleView(call, await givenEntity(call.kms.store, 'role', name)),
  )
}

export function listRoles(call: Call): Promise<readonly RoleView[]> {
  return call.run({ action: 'iam:ListRoles' }, async () =>
    (await listEntries(call.kms.store, 'role')).map((entry) => roleView(call, entry)),
  )
}

export function rolesAfter(call: Call, place: EntityPlace): Promise<PageOfRows<RoleView>> {
  return call.run({ action: 'iam:ListRoles' }, () =>
    entriesUnder(call.kms.store, 'role', place, (entry) => roleView(call, entry)),
  )
}

export async function updateRole(
  call: Call,
  name: string,
  { description, maxSession }: { readonly description?: string; readonly maxSession?: number },
): Promise<void> {
  return call.changeRows(await onEntity(call, 'UpdateRole', 'role', name), (writes) =>
    changeEntity(writes, 'role', name, {
      ...(description === undefined ? {} : { description: description.slice(0, 1_000) }),
      ...(maxSession === undefined ? {} : { maxSession: maxSessionOf(maxSession) }),
    }),
  )
}

export async function updateTrust(call: Call, name: string, document: string): Promise<void> {
  return changeAccess(call, await onEntity(call, 'UpdateAssumeRolePolicy', 'role', name), (writes) =>
    changeEntity(writes, 'role', name, { trust: checkPolicy(document, 'trust') }),
  )
}

/** Tags speak in conditions, so caches are told. */
export async function tagRole(call: Call, name: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const request = { ...(await onEntity(call, 'TagRole', 'role', name)), requestTags: tags }
  return changeAccess(call, request, async (writes) => {
    const entry = await givenEntity(writes, 'role', name)
    await changeEntity(writes, 'role', name, { tags: checkEntityTags({ ...entry.tags, ...tags }) })
  })
}

export async function untagRole(call: Call, name: string, names: readonly string[]): Promise<void> {
  return changeAccess(call, await onEntity(call, 'UntagRole', 'role', name), async (writes) => {
    const { tags } = await givenEntity(writes, 'role', name)
    await changeEntity(writes, 'role', name, { tags: withoutTags(tags, names) })
  })
}

/** Its sessions end with it. */
export async function deleteRole(call: Call, name: string): Promise<void> {
  return changeAccess(call, await onEntity(call, 'DeleteRole', 'role', name), async (writes) => {
    const entry = await givenEntity(writes, 'role', name)
    if (entry.attached.length > 0 || Object.keys(entry.inline).length > 0)
      throw conflict('expected a role without policies')
    await writes.deleteEntry('role', entryId(name))
  })
}
