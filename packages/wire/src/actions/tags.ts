import { z } from 'zod'
import { type PlaceInList, pageAfter } from '../page-after.ts'
import { integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { markersOf, truncation } from './marker.ts'
import type { KeyInput } from './on-one-key.ts'
import { tagList, tagView } from './tag-fields.ts'

const tagResource = action<KeyInput & { readonly tags: Readonly<Record<string, string>> }, void>({
  permission: 'kms:TagResource',
  changes: true,
  call: (keys, { keyId, tags }) => keys.tagKey(keyId, tags),
  aws: {
    name: 'TagResource',
    request: z
      .strictObject({ KeyId: keyName, Tags: tagList })
      .transform(({ KeyId, Tags }) => ({ keyId: KeyId, tags: Tags })),
    answer: () => ({}),
  },
})

const untagResource = action<KeyInput & { readonly names: readonly string[] }, void>({
  permission: 'kms:UntagResource',
  changes: true,
  call: (keys, { keyId, names }) => keys.untagKey(keyId, names),
  aws: {
    name: 'UntagResource',
    request: z
      .strictObject({ KeyId: keyName, TagKeys: z.array(z.string().min(1).max(128)).max(50) })
      .transform(({ KeyId, TagKeys }) => ({ keyId: KeyId, names: TagKeys })),
    answer: () => ({}),
  },
})

const markers = markersOf('tags')

const listResourceTags = action<KeyInput & PlaceInList, Readonly<Record<string, string>>>({
  permission: 'kms:ListResourceTags',
  changes: false,
  call: (keys, { keyId }) => keys.listTags(keyId),
  aws: {
    name: 'ListResourceTags',
    request: z
      .strictObject({ KeyId: keyName, Limit: integer(1, 50).default(50), Marker: markers.given.optional() })
      .transform(({ KeyId, Limit, Marker }) => ({ keyId: KeyId, limit: Limit, after: Marker })),
    answer(tags, place) {
      const { page, next } = pageAfter(tagView(tags), ({ TagKey }) => TagKey, place)
      return { Tags: page, ...truncation(markers, next) }
    },
  },
})

export const tags: readonly Action[] = [tagResource, untagResource, listResourceTags]
