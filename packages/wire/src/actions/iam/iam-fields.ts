import { z } from 'zod'
import type { EntityPlace } from '../../identity-operations.ts'
import type { KeyOperations } from '../../key-operations.ts'
import { type PageOfRows, pageAfter } from '../../page-after.ts'
import { integer } from '../../schema/fields.ts'
import { type Action, action, type WireForm } from '../action.ts'
import { type Markers, markersOf } from '../marker.ts'

export const IAM_VERSION = '2010-05-08'

/** A list, which clients send empty as an empty text. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === '' ? [] : value), z.array(item).max(200))

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const entityName = z.string().min(1).max(128)
export const pathName = z.string().min(1).max(512).optional()
export const arn = z.string().min(20, 'expected an ARN, such as arn:aws:iam::000000000001:user/alice').max(2048)
export const policyText = z.string().min(1).max(40_000)

const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })

export const tagList = listOf(tag).transform((tags) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])))

export const tagKeys = listOf(z.string().min(1).max(128))

export const tagsOf = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** Where a request wants its page of a list. */
export interface Paged {
  readonly Marker?: string | undefined
  readonly MaxItems: number
}

const maxItems = integer(1, 1_000).default(100)

/** A list that is asked for and answered page by page, in the order of its rows' keys. */
export class PagedList<T> {
  readonly #keyOf: (item: T) => string
  readonly #order: 'upwards' | 'downwards'
  readonly #markers: Markers<string>
  readonly fields

  constructor(name: string, keyOf: (item: T) => string, order: 'upwards' | 'downwards' = 'upwards') {
    this.#keyOf = keyOf
    this.#order = order
    this.#markers = markersOf(name)
    this.fields = { Marker: this.#markers.given.optional(), MaxItems: maxItems }
  }

  page<R extends T>(items: readonly R[], { Marker: after, MaxItems: limit }: Paged) {
    const { page, next } = pageAfter(items, this.#keyOf, { after, limit }, this.#order)
    return { page, truncation: truncation(this.#markers, next) }
  }

  /** The page as the wire has it, under that name. */
  answer<R extends T, V>(name: string, items: readonly R[], paged: Paged, view: (item: R) => V) {
    const { page, truncation } = this.page(items, paged)
    return { [name]: page.map(view), ...truncation }
  }
}

const truncation = (markers: Markers<string>, next: string | null) =>
  next === null ? { IsTruncated: false } : { IsTruncated: true, Marker: markers.of(next) }

/** Letter case does not make another name. */
export const byName = ({ name }: { readonly name: string }): string => name.toLowerCase()

export const pathPrefix = z.string().max(512).default('/')

/** An action that lists what there is of a kind, which the store gives page by page. */
export function listAction<T>(
  name: string,
  field: string,
  pageOf: (keys: KeyOperations, place: EntityPlace) => Promise<PageOfRows<T>>,
  view: (item: T) => unknown,
): Action {
  const markers = markersOf(name)
  const fields = { Marker: markers.given.optional(), MaxItems: maxItems, PathPrefix: pathPrefix }
  return iamAction<EntityPlace, PageOfRows<T>>(name, {
    changes: false,
    request: z
      .strictObject(fields)
      .transform(({ Marker, MaxItems, PathPrefix }) => ({ after: Marker, limit: MaxItems, pathPrefix: PathPrefix })),
    call: pageOf,
    answer: ({ page, next }) => ({ [field]: page.map(view), ...truncation(markers, next) }),
  })
}

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
