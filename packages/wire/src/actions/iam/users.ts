import { z } from 'zod'
import type { UserView } from '../../identity-operations.ts'
import type { Action } from '../action.ts'
import { unserved } from '../common-fields.ts'
import {
  entityName,
  iamAction,
  iso,
  listAction,
  nothing,
  PagedList,
  pathName,
  tagKeys,
  tagList,
  tagsOf,
} from './iam-fields.ts'

export const userShape = ({ name, path, id, arn, createdAt, tags }: UserView) => ({
  Path: path,
  ...(name === '' ? {} : { UserName: name }),
  UserId: id,
  Arn: arn,
  CreateDate: iso(createdAt),
  ...(Object.keys(tags).length === 0 ? {} : { Tags: tagsOf(tags) }),
})

const ownTags = new PagedList<{ readonly Key: string }>('tags of a user', ({ Key }) => Key)
const noBoundary = unserved('a permissions boundary', () => false)
const named = z.strictObject({ UserName: entityName })
const own = z.strictObject({ UserName: entityName.optional() })

export const users: readonly Action[] = [
  iamAction('CreateUser', {
    changes: true,
    request: z
      .strictObject({ UserName: entityName, Path: pathName, Tags: tagList.optional(), PermissionsBoundary: noBoundary })
      .transform(({ UserName: name, Path, Tags }) => ({
        name,
        ...(Path === undefined ? {} : { path: Path }),
        ...(Tags === undefined ? {} : { tags: Tags }),
      })),
    call: (keys, input) => keys.createUser(input),
    answer: (user) => ({ User: userShape(user) }),
  }),
  iamAction('GetUser', {
    changes: false,
    request: own,
    call: (keys, { UserName }) => keys.getUser(UserName),
    answer: (user) => ({ User: userShape(user) }),
  }),
  listAction('ListUsers', 'Users', (keys, place) => keys.usersAfter(place), userShape),
  iamAction('DeleteUser', {
    changes: true,
    request: named,
    call: (keys, { UserName }) => keys.deleteUser(UserName),
    answer: nothing,
  }),
  iamAction('TagUser', {
    changes: true,
    request: z.strictObject({ UserName: entityName, Tags: tagList }),
    call: (keys, { UserName, Tags }) => keys.tagUser(UserName, Tags),
    answer: nothing,
  }),
  iamAction('UntagUser', {
    changes: true,
    request: z.strictObject({ UserName: entityName, TagKeys: tagKeys }),
    call: (keys, { UserName, TagKeys }) => keys.untagUser(UserName, TagKeys),
    answer: nothing,
  }),
  iamAction('ListUserTags', {
    changes: false,
    request: z.strictObject({ UserName: entityName, ...ownTags.fields }),
    call: (keys, { UserName }) => keys.getUser(UserName),
    answer: ({ tags }, page) => ownTags.answer('Tags', tagsOf(tags), page, (tag) => tag),
  }),
]
