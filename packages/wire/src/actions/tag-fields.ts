import { z } from 'zod'
import { refusal } from '../schema/parse.ts'

const TAGS_MAX = 50

const tag = z.strictObject({ TagKey: z.string().min(1).max(128), TagValue: z.string().max(256) })

/** Both dialects' list of tags, as names and values. */
export const tagList = z
  .array(tag)
  .max(TAGS_MAX)
  .refine(
    (tags) => new Set(tags.map(({ TagKey }) => TagKey)).size === tags.length,
    refusal('DuplicateTag', 'expected each tag key once'),
  )
  .transform(
    (tags): Record<string, string> => Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue])),
  )

export const tagView = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))

/** Tencent's filter: keys that have each tag, with one of its values where some are given. */
export const tagFilters = z
  .array(z.strictObject({ TagKey: z.string().min(1).max(128), TagValue: z.array(z.string().max(256)).default([]) }))
  .max(TAGS_MAX)
  .transform((filters) => filters.map(({ TagKey, TagValue }) => ({ name: TagKey, values: TagValue })))
