import type { AccessKeyView } from '@hufu/wire'
import { parseArn } from '../directory/arns.ts'
import { changeAccess } from '../directory/change.ts'
import { limit, noEntity } from '../directory/checks.ts'
import { readEntry } from '../directory/documents.ts'
import { arnOf, givenEntity, namedArn } from '../directory/entities.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { Call } from '../kms.ts'
import type { Reads } from '../store/store.ts'
import { callerName, ownName } from './users.ts'

const MAX_KEYS = 2

/** Of a user, or of the root user, who has no name. */
interface Owner {
  readonly principal: string
  readonly name: string
}

async function ownerOf(call: Call, rows: Pick<Reads, 'entry'>, user: string | undefined): Promise<Owner> {
  const { rootArn } = call.kms.principals
  if (user === undefined && call.caller.principal === rootArn) return { principal: rootArn, name: 'root' }
  const entry = await givenEntity(rows, 'user', user ?? callerName(call))
  return { principal: arnOf(call, 'user', entry), name: entry.name }
}

async function request(call: Call, action: string, user: string | undefined) {
  const { rootArn } = call.kms.principals
  if (user === undefined && call.caller.principal === rootArn) return { action: `iam:${action}`, resource: rootArn }
  const name = user ?? (await ownName(call, action))
  const entry = await readEntry(call.kms.store, 'user', name)
  const resource = entry === null ? namedArn(call, 'user', name) : arnOf(call, 'user', entry)
  return { action: `iam:${action}`, resource, subject: resource }
}

export async function createAccessKey(call: Call, user?: string) {
  const asked = await request(call, 'CreateAccessKey', user)
  return call.prepared(asked, async () => {
    await call.kms.access.authorise({ ...asked, caller: call.caller, key: null })
    const owner = await ownerOf(call, call.kms.store, user)
    const { accessKey, secretAccessKey } = await call.kms.credentials.make(owner.principal)
    return {
      result: { ...view(owner.name, accessKey), secretAccessKey },
      async write(writes) {
        await ownerOf(call, writes, user)
        if (lasting(await writes.accessKeysOf(owner.principal)).length >= MAX_KEYS)
          throw limit(`expected a user with fewer than ${MAX_KEYS} access keys`)
        await writes.insertAccessKey(accessKey)
      },
    }
  })
}

export async function listAccessKeys(call: Call, user?: string): Promise<readonly AccessKeyView[]> {
  return call.run(await request(call, 'ListAccessKeys', user), async () => {
    const { principal, name } = await ownerOf(call, call.kms.store, user)
    return lasting(await call.kms.store.accessKeysOf(principal)).map((key) => view(name, key))
  })
}

export async function updateAccessKey(
  call: Call,
  user: string | undefined,
  accessKeyId: string,
  active: boolean,
): Promise<void> {
  return changeAccess(call, await request(call, 'UpdateAccessKey', user), async (writes) => {
    await writes.updateAccessKey({ ...(await givenKey(call, writes, user, accessKeyId)), active })
  })
}

export async function deleteAccessKey(call: Call, user: string | undefined, accessKeyId: string): Promise<void> {
  return changeAccess(call, await request(call, 'DeleteAccessKey', user), async (writes) => {
    await writes.deleteAccessKey((await givenKey(call, writes, user, accessKeyId)).id)
  })
}

export function accessKeyLastUsed(call: Call, accessKeyId: string): Promise<AccessKeyView> {
  return call.run({ action: 'iam:GetAccessKeyLastUsed', subject: accessKeyId }, async () => {
    const accessKey = await call.kms.store.accessKey(accessKeyId)
    if (accessKey === null || accessKey.session !== null) throw noEntity('access key', accessKeyId)
    return view(parseArn(accessKey.principal)?.name || 'root', accessKey)
  })
}

async function givenKey(call: Call, rows: Reads, user: string | undefined, id: string): Promise<AccessKey> {
  const { principal } = await ownerOf(call, rows, user)
  const accessKey = await rows.accessKey(id)
  if (accessKey === null || accessKey.principal !== principal || accessKey.session !== null)
    throw noEntity('access key', id)
  return accessKey
}

const lasting = (keys: readonly AccessKey[]): readonly AccessKey[] => keys.filter(({ session }) => session === null)

const view = (userName: string, accessKey: AccessKey): AccessKeyView => ({
  accessKeyId: accessKey.id,
  userName,
  active: accessKey.active,
  createdAt: accessKey.createdAt,
  lastUsedAt: accessKey.lastUsedAt,
  lastUsedService: accessKey.lastUsedService,
})
