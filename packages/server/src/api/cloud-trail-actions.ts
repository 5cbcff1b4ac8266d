import type { StoredAuditRecord } from '@hufu/kms'
import { type Action, action } from '@hufu/wire'
import { z } from 'zod'
import type { KmsPort } from '../kms-port.ts'
import { attributeList, type Found, type LookUp, lookUp, maxResults, nextToken } from './event-look-up.ts'

/** How the SDKs name CloudTrail's one action here: the newer ones by the short target. */
const TARGETS = ['CloudTrail_20131101', 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101']

/** Seconds since the epoch, with a fraction. */
const time = z.number().min(0).optional()

const request = z
  .strictObject({
    LookupAttributes: attributeList(['EventName', 'ResourceName', 'Username']),
    StartTime: time,
    EndTime: time,
    MaxResults: maxResults.default(50),
    NextToken: nextToken,
  })
  .transform(
    ({ LookupAttributes, StartTime, EndTime, MaxResults, NextToken }): LookUp => ({
      attributes: LookupAttributes,
      ...(StartTime === undefined ? {} : { from: StartTime * 1000 }),
      ...(EndTime === undefined ? {} : { to: EndTime * 1000 + 1 }),
      limit: MaxResults,
      before: NextToken,
    }),
  )

/** AWS CloudTrail: `LookupEvents`. */
export const cloudTrailActions = (kms: Pick<KmsPort, 'audit' | 'region' | 'accountId'>): readonly Action[] =>
  TARGETS.map((target) =>
    action<LookUp, Found>({
      permission: 'cloudtrail:LookupEvents',
      changes: false,
      inServer: true,
      async call(keys, asked) {
        await keys.authorise('cloudtrail:LookupEvents')
        return lookUp(kms, asked)
      },
      aws: {
        name: `${target}.LookupEvents`,
        request,
        answer: ({ events, next }) => ({
          Events: events.map(event),
          ...(next === null ? {} : { NextToken: next }),
        }),
      },
    }),
  )

const event = (record: StoredAuditRecord) => ({
  EventId: record.requestId,
  EventName: record.action,
  EventTime: record.at / 1000,
  EventSource: 'kms.amazonaws.com',
  ...(record.accessKeyId === null ? {} : { AccessKeyId: record.accessKeyId }),
  ...(record.principal === null ? {} : { Username: record.principal }),
  Resources: record.key === null ? [] : [{ ResourceType: 'AWS::KMS::Key', ResourceName: record.key }],
  CloudTrailEvent: JSON.stringify(record),
})
