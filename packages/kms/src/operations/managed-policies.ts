import type { BearerName, NewPolicyInput, PolicyView } from '@hufu/wire'
import { parseArn } from '../directory/arns.ts'
import { changeAccess } from '../directory/change.ts'
import { checkPolicy, checkPolicyName, conflict, noEntity } from '../directory/checks.ts'
import { entryId, listEntries } from '../directory/documents.ts'
import { arnOf, givenEntity, insertEntity, namedArn, newEntity } from '../directory/entities.ts'
import type { PolicyEntry } from '../directory/entry.ts'
import { type StockPolicy, stockArn, stockPolicies, stockPolicy } from '../directory/stock-policies.ts'
import type { Call } from '../kms.ts'
import type { Reads, Writes } from '../store/store.ts'

/** Everything that bears a policy. */
export type Attached = BearerName & { readonly id: string; readonly number: number }

export async function bearersOf(rows: Pick<Reads, 'entries'>, arn: string): Promise<readonly Attached[]> {
  const found: Attached[] = []
  for (const kind of ['user', 'group', 'role'] as const)
    for (const { name, id, number, attached } of await listEntries(rows, kind))
      if (attached.includes(arn)) found.push({ kind, name, id, number })
  return found
}

/** How many bear each policy, by its ARN. */
async function attachmentCounts(rows: Pick<Reads, 'entries'>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const kind of ['user', 'group', 'role'] as const)
    for (const { attached } of await listEntries(rows, kind))
      for (const arn of attached) counts.set(arn, (counts.get(arn) ?? 0) + 1)
  return counts
}

export const onPolicy = (action: string, arn: string) => ({ action: `iam:${action}`, resource: arn, subject: arn })

const nameOf = (arn: string): string => {
  const parsed = parseArn(arn)
  if (parsed?.kind !== 'policy') throw noEntity('policy', arn)
  return parsed.name
}

const isStock = (arn: string): boolean => parseArn(arn)?.account === 'aws'

/** Throws `NoSuchEntity`. */
export async function givenPolicy(call: Call, rows: Pick<Reads, 'entry'>, arn: string): Promise<PolicyEntry> {
  if (isStock(arn)) {
    const stock = stockPolicy(nameOf(arn))
    if (stock === undefined) throw noEntity('policy', arn)
    return stockEntry(stock)
  }
  const entry = await givenEntity(rows, 'policy', nameOf(arn))
  if (arnOf(call, 'policy', entry) !== arn) throw noEntity('policy', arn)
  return entry
}

const stockEntry = ({ name, number, description, document }: StockPolicy): PolicyEntry => ({
  name,
  number,
  description,
  path: '/',
  id: `ANPAHUFU${name.toUpperCase().slice(0, 12)}`,
  createdAt: 0,
  updatedAt: 0,
  versions: [{ id: 'v1', document, createdAt: 0 }],
  defaultVersion: 'v1',
  nextVersion: 2,
})

const arnOfPolicy = (call: Call, entry: PolicyEntry, stock: boolean): string =>
  stock ? stockArn(entry.name) : arnOf(call, 'policy', entry)

const view = ({ versions: _, nextVersion: __, ...shown }: PolicyEntry, arn: string, attachmentCount: number) => ({
  ...shown,
  arn,
  attachmentCount,
})

export async function createPolicy(call: Call, input: NewPolicyInput): Promise<PolicyView> {
  const resource = namedArn(call, 'policy', input.name, input.path)
  return call.changeRows(onPolicy('CreatePolicy', resource), async (writes) => {
    checkPolicyName(input.name)
    const document = checkPolicy(input.document, 'identity')
    const named = newEntity(call, 'policy', input)
    const versions = [{ id: 'v1', document, createdAt: named.createdAt }]
    const entry = { ...named, versions, defaultVersion: 'v1', nextVersion: 2, updatedAt: named.createdAt }
    await insertEntity(writes, 'policy', entry)
    return view(entry, resource, 0)
  })
}

export function getPolicy(call: Call, arn: string): Promise<PolicyView> {
  return call.run(onPolicy('GetPolicy', arn), async () =>
    view(await givenPolicy(call, call.kms.store, arn), arn, (await bearersOf(call.kms.store, arn)).length),
  )
}

export function listPolicies(call: Call, scope: 'All' | 'AWS' | 'Local'): Promise<readonly PolicyView[]> {
  return call.run({ action: 'iam:ListPolicies' }, async () => {
    const own = scope === 'AWS' ? [] : await listEntries(call.kms.store, 'policy')
    const stock = scope === 'Local' ? [] : stockPolicies.map(stockEntry)
    const counts = await attachmentCounts(call.kms.store)
    const viewOf = (isStock: boolean) => (entry: PolicyEntry) => {
      const arn = arnOfPolicy(call, entry, isStock)
      return view(entry, arn, counts.get(arn) ?? 0)
    }
    return [...stock.map(viewOf(true)), ...own.map(viewOf(false))]
  })
}

export function deletePolicy(call: Call, arn: string): Promise<void> {
  return changeOwn(call, 'DeletePolicy', arn, async (writes, entry) => {
    if ((await bearersOf(writes, arn)).length > 0) throw conflict('expected a policy that is attached to nothing')
    if (entry.versions.length > 1) throw conflict('expected a policy with no version beside its default')
    await writes.deleteEntry('policy', entryId(entry.name))
  })
}

export function entitiesForPolicy(call: Call, arn: string): Promise<readonly Attached[]> {
  return call.run(onPolicy('ListEntitiesForPolicy', arn), async () => {
    await givenPolicy(call, call.kms.store, arn)
    return bearersOf(call.kms.store, arn)
  })
}

/** A change of a policy of this account; the stock ones stay as they are. */
export function changeOwn<T>(
  call: Call,
  action: string,
  arn: string,
  act: (writes: Reads & Writes, entry: PolicyEntry) => Promise<T>,
): Promise<T> {
  return changeAccess(call, onPolicy(action, arn), async (writes) => {
    if (isStock(arn)) throw conflict('expected a policy of this account, received a stock one')
    return act(writes, await givenPolicy(call, writes, arn))
  })
}
