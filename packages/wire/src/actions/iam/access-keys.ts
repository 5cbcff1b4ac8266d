import { z } from 'zod'
import type { AccessKeyView } from '../../identity-operations.ts'
import { orderedNumber } from '../../page-after.ts'
import type { Action } from '../action.ts'
import { entityName, iamAction, iso, nothing, PagedList } from './iam-fields.ts'

const user = entityName.optional()
/** In the order of their making. */
const list = new PagedList<AccessKeyView>(
  'access keys',
  ({ createdAt, accessKeyId }) => `${orderedNumber(createdAt)}:${accessKeyId}`,
)
const keyId = z.string().min(16).max(128)

const shape = ({ accessKeyId, userName, active, createdAt }: AccessKeyView) => ({
  UserName: userName,
  AccessKeyId: accessKeyId,
  Status: active ? 'Active' : 'Inactive',
  CreateDate: iso(createdAt),
})

export const accessKeys: readonly Action[] = [
  iamAction('CreateAccessKey', {
    changes: true,
    request: z.strictObject({ UserName: user }),
    call: (keys, { UserName }) => keys.createAccessKey(UserName),
    answer: (key) => ({ AccessKey: { ...shape(key), SecretAccessKey: key.secretAccessKey } }),
  }),
  iamAction('ListAccessKeys', {
    changes: false,
    request: z.strictObject({ UserName: user, ...list.fields }),
    call: (keys, { UserName }) => keys.listAccessKeys(UserName),
    answer: (keys, page) => list.answer('AccessKeyMetadata', keys, page, shape),
  }),
  iamAction('UpdateAccessKey', {
    changes: true,
    request: z.strictObject({ UserName: user, AccessKeyId: keyId, Status: z.enum(['Active', 'Inactive']) }),
    call: (keys, { UserName, AccessKeyId, Status }) => keys.updateAccessKey(UserName, AccessKeyId, Status === 'Active'),
    answer: nothing,
  }),
  iamAction('DeleteAccessKey', {
    changes: true,
    request: z.strictObject({ UserName: user, AccessKeyId: keyId }),
    call: (keys, { UserName, AccessKeyId }) => keys.deleteAccessKey(UserName, AccessKeyId),
    answer: nothing,
  }),
  iamAction('GetAccessKeyLastUsed', {
    changes: false,
    request: z.strictObject({ AccessKeyId: keyId }),
    call: (keys, { AccessKeyId }) => keys.accessKeyLastUsed(AccessKeyId),
    answer: ({ userName, lastUsedAt, lastUsedService }) => ({
      UserName: userName,
      AccessKeyLastUsed: {
        ...(lastUsedAt === null ? {} : { LastUsedDate: iso(lastUsedAt) }),
        ServiceName: lastUsedService ?? 'N/A',
        Region: 'N/A',
      },
    }),
  }),
]
