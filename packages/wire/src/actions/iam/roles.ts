import { z } from 'zod'
import type { RoleView } from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
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
  policyText,
  shown,
  tagKeys,
  tagList,
  tagsOf,
} from './iam-fields.ts'

const shape = ({ name, path, id, arn, createdAt, trust, description, maxSession, tags }: RoleView) => ({
  Path: path,
  RoleName: name,
  RoleId: id,
  Arn: arn,
  CreateDate: iso(createdAt),
  AssumeRolePolicyDocument: shown(trust),
  ...(description === '' ? {} : { Description: description }),
  MaxSessionDuration: maxSession,
  ...(Object.keys(tags).length === 0 ? {} : { Tags: tagsOf(tags) }),
})

const ownTags = new PagedList<{ readonly Key: string }>('tags of a role', ({ Key }) => Key)
const description = z.string().max(1_000).optional()
const seconds = integer(3_600, 43_200).optional()

export const roles: readonly Action[] = [
  iamAction('CreateRole', {
    changes: true,
    request: z
      .strictObject({
        RoleName: entityName,
        AssumeRolePolicyDocument: policyText,
        Path: pathName,
        Description: description,
        MaxSessionDuration: seconds,
        Tags: tagList.optional(),
        PermissionsBoundary: unserved('a permissions boundary', () => false),
      })
      .transform(({ RoleName, AssumeRolePolicyDocument, Path, Description, MaxSessionDuration, Tags }) => ({
        name: RoleName,
        trust: AssumeRolePolicyDocument,
        ...(Path === undefined ? {} : { path: Path }),
        ...(Description === undefined ? {} : { description: Description }),
        ...(MaxSessionDuration === undefined ? {} : { maxSession: MaxSessionDuration }),
        ...(Tags === undefined ? {} : { tags: Tags }),
      })),
    call: (keys, input) => keys.createRole(input),
    answer: (role) => ({ Role: shape(role) }),
  }),
  iamAction('GetRole', {
    changes: false,
    request: z.strictObject({ RoleName: entityName }),
    call: (keys, { RoleName }) => keys.getRole(RoleName),
    answer: (role) => ({ Role: shape(role) }),
  }),
  listAction('ListRoles', 'Roles', (keys, place) => keys.rolesAfter(place), shape),
  iamAction('UpdateRole', {
    changes: true,
    request: z
      .strictObject({ RoleName: entityName, Description: description, MaxSessionDuration: seconds })
      .transform(({ RoleName, Description, MaxSessionDuration }) => ({
        name: RoleName,
        change: {
          ...(Description === undefined ? {} : { description: Description }),
          ...(MaxSessionDuration === undefined ? {} : { maxSession: MaxSessionDuration }),
        },
      })),
    call: (keys, { name, change }) => keys.updateRole(name, change),
    answer: nothing,
  }),
  iamAction('UpdateAssumeRolePolicy', {
    changes: true,
    request: z.strictObject({ RoleName: entityName, PolicyDocument: policyText }),
    call: (keys, { RoleName, PolicyDocument }) => keys.updateTrust(RoleName, PolicyDocument),
    answer: nothing,
  }),
  iamAction('TagRole', {
    changes: true,
    request: z.strictObject({ RoleName: entityName, Tags: tagList }),
    call: (keys, { RoleName, Tags }) => keys.tagRole(RoleName, Tags),
    answer: nothing,
  }),
  iamAction('UntagRole', {
    changes: true,
    request: z.strictObject({ RoleName: entityName, TagKeys: tagKeys }),
    call: (keys, { RoleName, TagKeys }) => keys.untagRole(RoleName, TagKeys),
    answer: nothing,
  }),
  iamAction('ListRoleTags', {
    changes: false,
    request: z.strictObject({ RoleName: entityName, ...ownTags.fields }),
    call: (keys, { RoleName }) => keys.getRole(RoleName),
    answer: ({ tags }, page) => ownTags.answer('Tags', tagsOf(tags), page, (tag) => tag),
  }),
  iamAction('DeleteRole', {
    changes: true,
    request: z.strictObject({ RoleName: entityName }),
    call: (keys, { RoleName }) => keys.deleteRole(RoleName),
    answer: nothing,
  }),
]
