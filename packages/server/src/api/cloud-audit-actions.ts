import type { StoredAuditRecord } from '@hufu/kms'
import { type Action, action, errorCatalogue, integer } from '@hufu/wire'
import { z } from 'zod'
import type { KmsPort } from '../kms-port.ts'
import { attributeList, type Found, type LookUp, lookUp, maxResults, nextToken } from './event-look-up.ts'

export const CLOUD_AUDIT_VERSION = '2019-03-19'

/** Seconds since the epoch. */
const time = integer(0, 99_999_999_999)

const request = z
  .strictObject({
    StartTime: time,
    EndTime: time,
    LookupAttributes: attributeList([
      'ApiErrorCode',
      'EventName',
      'PrincipalId',
      'RequestId',
      'ResourceId',
      'ResourceName',
      'SourceIPAddress',
    ]),
    NextToken: nextToken,
    MaxResults: maxResults.default(10),
    Mode: z.enum(['standard', 'quick']).optional(),
    IsReturnLocation: z.union([z.literal(0), z.literal('0')]).optional(),
  })
  .transform(
    ({ StartTime, EndTime, LookupAttributes, NextToken, MaxResults }): LookUp => ({
      attributes: LookupAttributes,
      from: StartTime * 1000,
      to: (EndTime + 1) * 1000,
      limit: MaxResults,
      before: NextToken,
    }),
  )

/** Tencent Cloud CloudAudit, 2019-03-19: `LookUpEvents`, and `DescribeEvents`, which has its tokens as numbers. */
export const cloudAuditActions = (kms: Pick<KmsPort, 'audit' | 'region' | 'accountId'>): readonly Action[] =>
  (['LookUpEvents', 'DescribeEvents'] as const).map((name) =>
    action<LookUp, Found>({
      permission: `cloudaudit:${name}`,
      changes: false,
      inServer: true,
      async call(keys, asked) {
        await keys.authorise(`cloudaudit:${name}`)
        return lookUp(kms, asked)
      },
      tencent: {
        name,
        version: CLOUD_AUDIT_VERSION,
        request,
        answer: ({ events, next }) => ({
          Events: events.map((record) => event(record, kms)),
          ListOver: next === null,
          ...(next === null ? {} : { NextToken: name === 'LookUpEvents' ? next : Number(next) }),
        }),
      },
    }),
  )

/** CAM's error code of a refusal that was its own; 0 otherwise. */
const DENIED = 403

function event(record: StoredAuditRecord, { region, accountId }: Pick<KmsPort, 'region' | 'accountId'>) {
  const { requestId, at, action: eventName, principal, accessKeyId, sourceIp, key, outcome } = record
  return {
    EventId: String(record.sequence),
    EventName: eventName,
    EventTime: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    EventSource: 'kms',
    EventRegion: region,
    ResourceRegion: region,
    AccountID: Number(accountId),
    Username: principal ?? '',
    SecretId: accessKeyId ?? '',
    RequestID: requestId,
    SourceIPAddress: sourceIp,
    ErrorCode: outcome === 'AccessDenied' ? DENIED : 0,
    ResourceTypeCn: 'kms',
    Resources: { ResourceType: 'kms', ResourceName: key ?? '' },
    CloudAuditEvent: JSON.stringify({
      ...record,
      apiErrorCode: outcome === 'ok' ? 0 : errorCatalogue[outcome].tencent,
    }),
  }
}
