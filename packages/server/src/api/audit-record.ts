import type { AuditRecord } from '@hufu/kms'
import type { Caller, HufuError } from '@hufu/wire'
import { certificateId } from '../authenticate/certificates.ts'
import type { Dialect, NamedAction } from '../dialect/dialect.ts'
import { header, type Received } from '../request/received.ts'

/** How far a request has come: what it asks, and who it is. */
export interface Life {
  readonly dialect: Dialect
  named?: NamedAction
  /** What the audit calls it, where no dialect has a name for it. */
  readonly actionName?: string
  caller?: Caller
  /** The id of the request that it repeats. */
  repeats?: string
}

/** The audit record of a request that never reached the domain. Names are cut short: anybody can send them. */
export function auditRecord(request: Received, life: Life, outcome: 'ok' | HufuError, at: number): AuditRecord {
  const { dialect, caller, named } = life
  const userAgent = header(request, 'user-agent')?.slice(0, 256)
  return {
    requestId: request.requestId,
    at,
    action: life.actionName ?? actionName(request, dialect),
    principal: caller?.principal ?? null,
    accessKeyId: caller?.accessKeyId ?? claimedAccessKey(request, dialect),
    sourceIp: request.sourceIp,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(caller?.via === undefined ? {} : { via: caller.via }),
    ...(caller?.service === undefined ? {} : { service: caller.service }),
    key: subject(request, dialect, named?.action.subject ?? 'KeyId'),
    ...(outcome === 'ok' ? { outcome } : { outcome: outcome.code, detail: outcome.message }),
  }
}

const actionName = (request: Received, dialect: Dialect): string =>
  attempt(() => dialect.actionName(request).slice(0, 128)) ?? ''

/** Whose the request says to be: not proven, since it was refused. */
const claimedAccessKey = (request: Received, dialect: Dialect): string | null =>
  attempt(() => dialect.credential(request).accessKeyId.slice(0, 128)) ?? shownCertificate(request)

const shownCertificate = ({ certificate }: Received): string | null =>
  certificate === null ? null : certificateId(certificate)

function subject(request: Received, dialect: Dialect, parameter: string): string | null {
  const named = attempt(() => dialect.parameters(request))?.[parameter]
  return typeof named === 'string' ? named.slice(0, 2048) : null
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
