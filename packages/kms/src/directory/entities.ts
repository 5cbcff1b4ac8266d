import { randomInt } from 'node:crypto'
import type { BearerName, NewEntityInput } from '@hufu/wire'
import { uniqueId } from '../identity/credentials.ts'
import type { Call } from '../kms.ts'
import type { Reads, Writes } from '../store/store.ts'
import { entityArn } from './arns.ts'
import { checkName, checkPath, exists, invalid, isPath, noEntity } from './checks.ts'
import { putEntry, readEntry } from './documents.ts'
import type { Entries } from './entry.ts'

export type EntityKind = 'user' | 'group' | 'role' | 'policy'

const prefixes = { user: 'AIDA', group: 'AGPA', role: 'AROA', policy: 'ANPA' } as const
const MAX_DESCRIPTION = 1_000

export function checkDescription(description: string): string {
  if (description.length > MAX_DESCRIPTION) throw invalid(`expected at most ${MAX_DESCRIPTION} characters`)
  return description
}

/** What every new entity has. */
export const newEntity = (call: Call, kind: EntityKind, { name, path, description = '' }: NewEntityInput) => {
  checkDescription(description)
  return {
    name: kind === 'policy' ? name : checkName(name),
    path: checkPath(path),
    id: uniqueId(prefixes[kind]),
    number: randomInt(100_000_000_000, 200_000_000_000),
    description,
    createdAt: call.kms.clock(),
  }
}

export const arnOf = (call: Call, kind: EntityKind, entry: { readonly path: string; readonly name: string }): string =>
  entityArn(call.kms.place.accountId, kind, entry)

/** What policies name it by before it is known to exist; a path that is none, and is refused later, is left out. */
export const namedArn = (call: Call, kind: EntityKind, name: string, path: string = '/'): string =>
  arnOf(call, kind, { path: isPath(path) ? path : '/', name: name.slice(0, 128) })

/** The action on one entity, for policies and the audit: its own ARN where it exists. */
export async function onEntity(call: Call, action: string, kind: EntityKind, name: string) {
  const entry = await readEntry(call.kms.store, kind, name)
  const resource = entry === null ? namedArn(call, kind, name) : arnOf(call, kind, entry)
  return { action: `iam:${action}`, resource, subject: resource }
}

/** Throws `EntityAlreadyExists`. */
export async function insertEntity<K extends EntityKind>(
  rows: Reads & Writes,
  kind: K,
  entry: Entries[K],
): Promise<void> {
  const { name } = entry as { readonly name: string }
  if ((await readEntry(rows, kind, name)) !== null) throw exists(kind, name)
  await putEntry(rows, kind, name, entry)
}

/** Throws `NoSuchEntity`. */
export async function givenEntity<K extends EntityKind>(
  rows: Pick<Reads, 'entry'>,
  kind: K,
  name: string,
): Promise<Entries[K]> {
  const entry = await readEntry(rows, kind, name)
  if (entry === null) throw noEntity(kind, name)
  return entry
}

export async function changeEntity<K extends EntityKind>(
  rows: Reads & Writes,
  kind: K,
  name: string,
  change: Partial<Entries[K]>,
): Promise<void> {
  const entry = await givenEntity(rows, kind, name)
  await putEntry(rows, kind, name, { ...entry, ...change })
}

/** The pieces of a user, group or role that bear policies. */
export const bearerOf = (
  rows: Pick<Reads, 'entry'>,
  { kind, name }: BearerName,
): Promise<Entries[BearerName['kind']]> => givenEntity(rows, kind, name)
