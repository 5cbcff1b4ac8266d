import type { AuditFilter, StoredAuditRecord } from '@hufu/kms'
import { errorCatalogue, integer } from '@hufu/wire'
import { z } from 'zod'
import type { KmsPort } from '../kms-port.ts'
import { recordedKey } from './recorded-key.ts'

const EVENTS_MAX = 50

/** What an attribute of a look-up asks of the audit. `key` is an ARN, or a bare key id. */
const attributes = {
  ApiErrorCode: 'outcome',
  EventName: 'action',
  PrincipalId: 'principal',
  RequestId: 'requestId',
  ResourceId: 'key',
  ResourceName: 'key',
  SourceIPAddress: 'sourceIp',
  Username: 'principal',
} as const

type AttributeKey = keyof typeof attributes

/** The schema of a look-up by attributes of these names; all of them must hold. */
export const attributeList = (keys: readonly AttributeKey[]) =>
  z
    .array(z.strictObject({ AttributeKey: z.enum(keys), AttributeValue: z.string().min(1).max(2_048) }))
    .max(keys.length)
    .default([])

export const maxResults = integer(1, EVENTS_MAX)

/** What was answered with the page before: the place of its last record. */
export const nextToken = z
  .union([z.int(), z.string().regex(/^\d{1,15}$/)])
  .transform(Number)
  .optional()

export interface LookUp {
  readonly attributes: readonly { readonly AttributeKey: AttributeKey; readonly AttributeValue: string }[]
  /** Milliseconds since the epoch: `from` inclusive, `to` exclusive. */
  readonly from?: number
  readonly to?: number
  readonly limit: number
  readonly before?: number | undefined
}

export interface Found {
  readonly events: readonly StoredAuditRecord[]
  /** Null at the end. */
  readonly next: string | null
}

/** The newest records first, as both vendors' APIs do; none for an outcome that there is not, or two values of one field. */
export async function lookUp(kms: Pick<KmsPort, 'audit' | 'region' | 'accountId'>, asked: LookUp): Promise<Found> {
  const { attributes: given, from, to, limit, before } = asked
  const wanted = given.map(({ AttributeKey, AttributeValue }) => {
    const field = attributes[AttributeKey]
    return [field, field === 'key' ? recordedKey(kms, AttributeValue) : AttributeValue] as const
  })
  const unlike = wanted.some(([field, value]) =>
    wanted.some(([other, another]) => other === field && another !== value),
  )
  const unknown = wanted.some(([field, value]) => field === 'outcome' && !isOutcome(value))
  if (unlike || unknown) return { events: [], next: null }
  const times = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const place = before === undefined ? {} : { before }
  const filter: AuditFilter = { ...Object.fromEntries(wanted), ...times, ...place, newestFirst: true, limit: limit + 1 }
  const found = await kms.audit.list(filter)
  const events = found.slice(0, limit)
  return { events, next: found.length > limit ? String(events.at(-1)?.sequence) : null }
}

const isOutcome = (value: string): boolean => value === 'ok' || value in errorCatalogue
