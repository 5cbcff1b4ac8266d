import type { AuditFilter, StoredAuditRecord } from '@hufu/kms'
import { type Action, action, type ErrorCode, errorCatalogue } from '@hufu/wire'
import { z } from 'zod'
import type { KmsPort } from '../kms-port.ts'
import { recordedKey } from './recorded-key.ts'

const LIMIT_MAX = 1000

const outcome = z.custom<'ok' | ErrorCode>((value) => value === 'ok' || String(value) in errorCatalogue, {
  error: 'expected ok or an error code',
})

const request = z
  .strictObject({
    Key: z.string().min(1).optional(),
    Action: z.string().min(1).optional(),
    Principal: z.string().min(1).optional(),
    Outcome: outcome.optional(),
    SourceIp: z.string().min(1).optional(),
    RequestId: z.string().min(1).optional(),
    From: z.number().min(0).optional(),
    To: z.number().min(0).optional(),
    Limit: z.int().min(1).max(LIMIT_MAX).default(100),
  })
  .transform(({ Key, Action, Principal, Outcome, SourceIp, RequestId, From, To, Limit }) => ({
    newestFirst: true,
    limit: Limit,
    ...(Key === undefined ? {} : { key: Key }),
    ...(Action === undefined ? {} : { action: Action }),
    ...(Principal === undefined ? {} : { principal: Principal }),
    ...(SourceIp === undefined ? {} : { sourceIp: SourceIp }),
    ...(RequestId === undefined ? {} : { requestId: RequestId }),
    ...(From === undefined ? {} : { from: From * 1000 }),
    ...(To === undefined ? {} : { to: To * 1000 }),
    ...(Outcome === undefined ? {} : { outcome: Outcome }),
  }))

/** `HufuService.ListAuditRecords`: the newest records first. */
export const listAuditAction = (kms: Pick<KmsPort, 'audit' | 'region' | 'accountId'>): Action =>
  action<AuditFilter, readonly StoredAuditRecord[]>({
    permission: 'kms:ListAuditRecords',
    changes: false,
    inServer: true,
    async call(keys, filter) {
      await keys.authorise('kms:ListAuditRecords')
      const { key } = filter
      if (key?.startsWith('alias/')) return kms.audit.list({ ...filter, key: (await keys.describeKey(key)).arn })
      return kms.audit.list(key === undefined ? filter : { ...filter, key: recordedKey(kms, key) })
    },
    aws: {
      name: 'HufuService.ListAuditRecords',
      request,
      answer: (records) => ({ Records: records.map(view) }),
    },
  })

/** Names begin with a capital, as all of this dialect's do; times are seconds. */
function view({ at, ...record }: StoredAuditRecord): Record<string, unknown> {
  const named = Object.entries(record).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value])
  return { At: at / 1000, ...Object.fromEntries(named) }
}
