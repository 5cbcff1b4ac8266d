import { z } from 'zod'
import type { AccessKeyView, UserView } from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import type { Action } from '../action.ts'
import { camAction, name, nothing, number, person, remark, time } from './cam-fields.ts'

const shape = ({ name: Name, number: Uin, description: Remark, createdAt }: UserView) => ({
  Uin,
  Name,
  Uid: Uin,
  Remark,
  ConsoleLogin: 0,
  PhoneNum: '',
  CountryCode: '',
  Email: '',
  CreateTime: time(createdAt),
})

const keyShape = ({ accessKeyId, active, createdAt }: AccessKeyView) => ({
  AccessKeyId: accessKeyId,
  Status: active ? 'Active' : 'Inactive',
  CreateTime: time(createdAt),
  Description: '',
})

const target = number.optional()
const keyId = z.string().min(16).max(128)

export const users: readonly Action[] = [
  camAction('AddUser', 'CreateUser', {
    changes: true,
    request: z.strictObject({ Name: name, Remark: remark, UseApi: integer(0, 1).default(0), ...person }),
    async call(keys, { Name, Remark, UseApi }) {
      const user = await keys.createUser({ name: Name, ...(Remark === undefined ? {} : { description: Remark }) })
      return { user, key: UseApi === 1 ? await keys.createAccessKey(Name) : null }
    },
    answer: ({ user, key }) => ({
      Uin: user.number,
      Name: user.name,
      Password: '',
      SecretId: key?.accessKeyId ?? '',
      SecretKey: key?.secretAccessKey ?? '',
      Uid: user.number,
    }),
  }),
  camAction('GetUser', 'GetUser', {
    changes: false,
    request: z.strictObject({ Name: name }),
    call: (keys, { Name }) => keys.getUser(Name),
    answer: shape,
  }),
  camAction('ListUsers', 'ListUsers', {
    changes: false,
    request: z.strictObject({}),
    call: (keys) => keys.listUsers(),
    answer: (users) => ({ Data: users.map(shape) }),
  }),
  camAction('UpdateUser', 'UpdateUser', {
    changes: true,
    request: z.strictObject({ Name: name, Remark: remark, ...person }),
    call: (keys, { Name, Remark = '' }) => keys.describeUser(Name, Remark),
    answer: nothing,
  }),
  camAction('DeleteUser', 'DeleteUser', {
    changes: true,
    request: z.strictObject({ Name: name, Force: integer(0, 1).default(0) }),
    call: (keys, { Name, Force }) => keys.deleteUser(Name, { policies: true, accessKeys: Force === 1 }),
    answer: nothing,
  }),
  camAction('CreateAccessKey', 'CreateAccessKey', {
    changes: true,
    request: z.strictObject({ TargetUin: target }),
    call: async (keys, { TargetUin }) =>
      keys.createAccessKey(TargetUin === undefined ? undefined : await keys.nameOf('user', TargetUin)),
    answer: (key) => ({ AccessKey: { ...keyShape(key), SecretAccessKey: key.secretAccessKey } }),
  }),
  camAction('ListAccessKeys', 'ListAccessKeys', {
    changes: false,
    request: z.strictObject({ TargetUin: target }),
    call: async (keys, { TargetUin }) =>
      keys.listAccessKeys(TargetUin === undefined ? undefined : await keys.nameOf('user', TargetUin)),
    answer: (keys) => ({ AccessKeys: keys.map(keyShape) }),
  }),
  camAction('UpdateAccessKey', 'UpdateAccessKey', {
    changes: true,
    request: z.strictObject({ AccessKeyId: keyId, Status: z.enum(['Active', 'Inactive']), TargetUin: target }),
    async call(keys, { AccessKeyId, Status, TargetUin }) {
      const user = TargetUin === undefined ? undefined : await keys.nameOf('user', TargetUin)
      return keys.updateAccessKey(user, AccessKeyId, Status === 'Active')
    },
    answer: nothing,
  }),
  camAction('DeleteAccessKey', 'DeleteAccessKey', {
    changes: true,
    request: z.strictObject({ AccessKeyId: keyId, TargetUin: target }),
    async call(keys, { AccessKeyId, TargetUin }) {
      const user = TargetUin === undefined ? undefined : await keys.nameOf('user', TargetUin)
      return keys.deleteAccessKey(user, AccessKeyId)
    },
    answer: nothing,
  }),
  camAction('GetSecurityLastUsed', 'GetAccessKeyLastUsed', {
    changes: false,
    request: z.strictObject({ SecretIdList: z.array(keyId).min(1).max(10) }),
    call: (keys, { SecretIdList }) => Promise.all(SecretIdList.map((id) => keys.accessKeyLastUsed(id))),
    answer: (keys) => ({
      SecretIdLastUsedRows: keys.map(({ accessKeyId, lastUsedAt }) => ({
        SecretId: accessKeyId,
        LastUsedDate: lastUsedAt === null ? '' : time(lastUsedAt).slice(0, 10),
        LastSecretUsedDate: lastUsedAt === null ? 0 : Math.floor(lastUsedAt / 1000),
      })),
    }),
  }),
]
