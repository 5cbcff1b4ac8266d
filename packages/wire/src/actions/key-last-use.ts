import type { KeyLastUse } from '../key-management.ts'
import { type Action, action } from './action.ts'
import { type KeyInput, keyRequest } from './on-one-key.ts'

/** The event that CloudTrail has of a request has the request's id. */
const lastUsage = ({ last }: KeyLastUse) =>
  last === null
    ? {}
    : {
        Operation: last.operation,
        Timestamp: last.at / 1000,
        CloudTrailEventId: last.requestId,
        KmsRequestId: last.requestId,
      }

export const keyLastUse: Action = action<KeyInput, KeyLastUse>({
  permission: 'kms:GetKeyLastUsage',
  changes: false,
  call: (keys, { keyId }) => keys.keyLastUse(keyId),
  aws: {
    name: 'GetKeyLastUsage',
    request: keyRequest,
    answer: (use) => ({
      KeyId: use.keyId,
      KeyLastUsage: lastUsage(use),
      TrackingStartDate: use.since / 1000,
      KeyCreationDate: use.createdAt / 1000,
    }),
  },
})
