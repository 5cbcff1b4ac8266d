import { z } from 'zod'
import { pageOf } from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import { type Action, action, type WireForm } from '../action.ts'

export const IAM_VERSION = '2010-05-08'

/** A list, which clients send empty as an empty text. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === '' ? [] : value), z.array(item).max(200))

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const entityName = z.string().min(1).max(128)
export const pathName = z.string().min(1).max(512).optional()
export const arn = z.string().min(20).max(2048)
export const policyText = z.string().min(1).max(40_000)

const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })

export const tagList = listOf(tag).transform((tags) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])))

export const tagsOf = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** Where a list goes on is the offset, as text. */
export const paging = {
  Marker: integer(0, 1_000_000_000).default(0),
  MaxItems: integer(1, 1_000).default(100),
  PathPrefix: z.string().max(512).default('/'),
}

export interface Paged {
  readonly Marker: number
  readonly MaxItems: number
  readonly PathPrefix?: string
}

/** One page of a list, as the wire has it. */
export function listed<T, V>(name: string, items: readonly T[], { Marker, MaxItems }: Paged, view: (item: T) => V) {
  const { page, next } = pageOf(items, { offset: Marker, limit: MaxItems })
  return {
    [name]: page.map(view),
    IsTruncated: next !== null,
    ...(next === null ? {} : { Marker: String(next) }),
  }
}

export const underPath = <T extends { readonly path: string }>(items: readonly T[], { PathPrefix = '/' }: Paged) =>
  items.filter(({ path }) => path.startsWith(PathPrefix))

type Row<Input, Output> = Pick<Action<Input, Output>, 'call' | 'changes'> &
  Pick<WireForm<Input, Output>, 'request' | 'answer'>

/** A row of IAM's query protocol: its permission is the action's own. */
export const iamAction = <Input, Output>(name: string, row: Row<Input, Output>): Action =>
  action<Input, Output>({
    permission: `iam:${name}`,
    changes: row.changes,
    call: row.call,
    query: { name, version: IAM_VERSION, request: row.request, answer: row.answer },
  })

export const nothing = (): Record<string, never> => ({})

/** ISO 8601, as this protocol writes times. */
export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')

/** IAM shows documents percent-encoded. */
export const shown = (document: string): string => encodeURIComponent(document)
