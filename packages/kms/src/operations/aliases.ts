import { type AliasPage, type AliasQuery, aliasArn, HufuError } from '@hufu/wire'
import type { Call } from '../kms.ts'
import { checkAlias, checkPage } from '../limits.ts'

export function createAlias(call: Call, alias: string, keyId: string): Promise<void> {
  return call.change({ action: 'CreateAlias', keyName: keyId, needs: 'edit' }, (writes, key) =>
    writes.insertAlias(checkAlias(alias), key.id, call.kms.clock()),
  )
}

export async function moveAlias(call: Call, alias: string, keyId: string): Promise<void> {
  const request = { action: 'UpdateAlias', keyName: keyId, needs: 'edit' } as const
  const previous = await call.change(request, async (writes, key) => {
    const previous = await writes.keyIdOfAlias(alias)
    if (previous === null) throw notFound(alias)
    await writes.moveAlias(alias, key.id)
    await writes.announce({ keyId: previous, change: 'state' })
    return previous
  })
  call.kms.events.publish({ keyId: previous, change: 'state' })
}

export function renameKey(call: Call, keyId: string, alias: string): Promise<void> {
  return call.change({ action: 'UpdateAlias', keyName: keyId, needs: 'edit' }, async (writes, key) => {
    await writes.deleteAliasesOf(key.id)
    await writes.insertAlias(checkAlias(alias), key.id, call.kms.clock())
  })
}

export function deleteAlias(call: Call, alias: string): Promise<void> {
  return call.change({ action: 'DeleteAlias', keyName: `alias/${alias}`, needs: 'describe' }, async (writes) => {
    if (!(await writes.deleteAlias(alias))) throw notFound(alias)
  })
}

export function listAliases(call: Call, query: AliasQuery = {}): Promise<AliasPage> {
  const { region, accountId } = call.kms.place
  const list = async (keyId?: string) => {
    const { limit } = checkPage(query)
    const after = query.after === undefined ? {} : { after: query.after }
    const found = await call.kms.store.listAliases({
      ...after,
      limit: limit + 1,
      ...(keyId === undefined ? {} : { keyId }),
    })
    const aliases = found.slice(0, limit).map((entry) => ({ ...entry, arn: aliasArn(region, accountId, entry.alias) }))
    return { aliases, next: found.length > limit ? (aliases.at(-1)?.alias ?? null) : null }
  }
  if (query.keyId === undefined) return call.run({ action: 'ListAliases' }, () => list())
  return call.use({ action: 'ListAliases', keyName: query.keyId, needs: 'describe' }, (key) => list(key.id))
}

const notFound = (alias: string): HufuError =>
  new HufuError('AliasNotFound', `expected an alias that exists, received ${JSON.stringify(alias.slice(0, 300))}`)
