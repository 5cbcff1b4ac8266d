import type { AttachedPolicyView, BearerName } from '@hufu/wire'
import { parseArn } from '../directory/arns.ts'
import { changeAccess } from '../directory/change.ts'
import { checkPolicy, checkPolicyName, limit, noEntity } from '../directory/checks.ts'
import { readEntry } from '../directory/documents.ts'
import { bearerOf, changeEntity, onEntity } from '../directory/entities.ts'
import { policyDocument } from '../directory/managed-policies.ts'
import { stockPolicy } from '../directory/stock-policies.ts'
import type { Call } from '../kms.ts'

const MAX_ATTACHED = 20
const MAX_INLINE = 20

const kinds = { user: 'User', group: 'Group', role: 'Role' } as const

/** `PutUserPolicy`, …: each kind of bearer has actions of its own. */
const on = (call: Call, verb: string, noun: string, { kind, name }: BearerName) =>
  onEntity(call, `${verb}${kinds[kind]}${noun}`, kind, name)

export async function putInlinePolicy(call: Call, bearer: BearerName, policy: string, document: string): Promise<void> {
  return changeAccess(call, await on(call, 'Put', 'Policy', bearer), async (writes) => {
    const { inline } = await bearerOf(writes, bearer)
    const next = { ...inline, [checkPolicyName(policy)]: checkPolicy(document, 'identity') }
    if (Object.keys(next).length > MAX_INLINE) throw limit(`expected at most ${MAX_INLINE} inline policies`)
    await changeEntity(writes, bearer.kind, bearer.name, { inline: next })
  })
}

export async function getInlinePolicy(call: Call, bearer: BearerName, policy: string): Promise<string> {
  return call.run(await on(call, 'Get', 'Policy', bearer), async () =>
    given((await bearerOf(call.kms.store, bearer)).inline, policy),
  )
}

export async function listInlinePolicies(call: Call, bearer: BearerName): Promise<readonly string[]> {
  return call.run(await on(call, 'List', 'Policies', bearer), async () =>
    Object.keys((await bearerOf(call.kms.store, bearer)).inline),
  )
}

export async function deleteInlinePolicy(call: Call, bearer: BearerName, policy: string): Promise<void> {
  return changeAccess(call, await on(call, 'Delete', 'Policy', bearer), async (writes) => {
    const { inline } = await bearerOf(writes, bearer)
    given(inline, policy)
    const left = Object.fromEntries(Object.entries(inline).filter(([name]) => name !== policy))
    await changeEntity(writes, bearer.kind, bearer.name, { inline: left })
  })
}

/** Idempotent. */
export async function attachPolicy(call: Call, bearer: BearerName, arn: string): Promise<void> {
  return changeAccess(call, await on(call, 'Attach', 'Policy', bearer), async (writes) => {
    const { attached } = await bearerOf(writes, bearer)
    if ((await policyDocument(writes, arn)) === null) throw noEntity('policy', arn)
    if (attached.includes(arn)) return
    if (attached.length >= MAX_ATTACHED) throw limit(`expected at most ${MAX_ATTACHED} attached policies`)
    await changeEntity(writes, bearer.kind, bearer.name, { attached: [...attached, arn] })
  })
}

export async function detachPolicy(call: Call, bearer: BearerName, arn: string): Promise<void> {
  return changeAccess(call, await on(call, 'Detach', 'Policy', bearer), async (writes) => {
    const { attached } = await bearerOf(writes, bearer)
    if (!attached.includes(arn)) throw noEntity('attached policy', arn)
    await changeEntity(writes, bearer.kind, bearer.name, { attached: attached.filter((one) => one !== arn) })
  })
}

export async function attachedPolicies(call: Call, bearer: BearerName): Promise<readonly AttachedPolicyView[]> {
  return call.run(await on(call, 'ListAttached', 'Policies', bearer), async () => {
    const { attached } = await bearerOf(call.kms.store, bearer)
    return Promise.all(attached.map((arn) => attachedView(call, arn)))
  })
}

async function attachedView(call: Call, arn: string): Promise<AttachedPolicyView> {
  const { account, name } = parseArn(arn) ?? { account: '', name: '' }
  const stock = account === 'aws' ? stockPolicy(name) : undefined
  const number = stock?.number ?? (await readEntry(call.kms.store, 'policy', name))?.number ?? 0
  return { arn, name, number }
}

function given(inline: Readonly<Record<string, string>>, policy: string): string {
  const document = Object.hasOwn(inline, policy) ? inline[policy] : undefined
  if (document === undefined) throw noEntity('inline policy', policy)
  return document
}
