import { z } from 'zod'
import type { RoleView } from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import type { Action } from '../action.ts'
import { unserved } from '../common-fields.ts'
import { camAction, camPage, document, nothing, paging, time } from './cam-fields.ts'
import { roleNameOf, roleNames } from './role-names.ts'

const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })

const tagsOf = (tags: readonly z.infer<typeof tag>[]) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))

const shape = (role: RoleView) => ({
  RoleId: String(role.number),
  RoleName: role.name,
  PolicyDocument: role.trust,
  Description: role.description,
  AddTime: time(role.createdAt),
  UpdateTime: time(role.createdAt),
  ConsoleLogin: 0,
  RoleType: 'user',
  SessionDuration: role.maxSession,
  Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
  RoleArn: `qcs::cam::uin/${Number(role.arn.split(':')[4])}:roleName/${role.name}`,
})

export const roles: readonly Action[] = [
  camAction('CreateRole', 'CreateRole', {
    changes: true,
    request: z.strictObject({
      RoleName: z.string().min(1).max(64),
      PolicyDocument: document,
      Description: z.string().max(1_000).optional(),
      ConsoleLogin: unserved('a password', (value) => value === 0),
      SessionDuration: integer(3_600, 43_200).optional(),
      Tags: z.array(tag).max(50).default([]),
    }),
    call: (keys, { RoleName, PolicyDocument, Description, SessionDuration, Tags }) =>
      keys.createRole({
        name: RoleName,
        trust: PolicyDocument,
        tags: tagsOf(Tags),
        ...(Description === undefined ? {} : { description: Description }),
        ...(SessionDuration === undefined ? {} : { maxSession: SessionDuration }),
      }),
    answer: (role) => ({ RoleId: String(role.number) }),
  }),
  camAction('GetRole', 'GetRole', {
    changes: false,
    request: z.strictObject(roleNames),
    call: async (keys, input) => keys.getRole(await roleNameOf(keys, input)),
    answer: (role) => ({ RoleInfo: shape(role) }),
  }),
  camAction('DescribeRoleList', 'ListRoles', {
    changes: false,
    request: z.strictObject(paging),
    call: (keys) => keys.listRoles(),
    answer: (roles, input) => ({ TotalNum: roles.length, List: camPage(roles, input).map(shape) }),
  }),
  camAction('UpdateRoleDescription', 'UpdateRole', {
    changes: true,
    request: z.strictObject({ ...roleNames, Description: z.string().max(1_000) }),
    call: async (keys, input) => keys.updateRole(await roleNameOf(keys, input), { description: input.Description }),
    answer: nothing,
  }),
  camAction('UpdateAssumeRolePolicy', 'UpdateAssumeRolePolicy', {
    changes: true,
    request: z.strictObject({ ...roleNames, PolicyDocument: document }),
    call: async (keys, input) => keys.updateTrust(await roleNameOf(keys, input), input.PolicyDocument),
    answer: nothing,
  }),
  camAction('TagRole', 'TagRole', {
    changes: true,
    request: z.strictObject({ ...roleNames, Tags: z.array(tag).min(1).max(50) }),
    call: async (keys, input) => keys.tagRole(await roleNameOf(keys, input), tagsOf(input.Tags)),
    answer: nothing,
  }),
  camAction('UntagRole', 'UntagRole', {
    changes: true,
    request: z.strictObject({ ...roleNames, TagKeys: z.array(z.string().min(1).max(128)).min(1).max(50) }),
    call: async (keys, input) => keys.untagRole(await roleNameOf(keys, input), input.TagKeys),
    answer: nothing,
  }),
  camAction('DeleteRole', 'DeleteRole', {
    changes: true,
    request: z.strictObject(roleNames),
    call: async (keys, input) => keys.deleteRole(await roleNameOf(keys, input)),
    answer: nothing,
  }),
]
