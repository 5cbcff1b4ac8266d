import type { Kms } from '@hufu/kms'
import type { S3Audit, S3AuditRecord } from '@hufu/s3-proxy'
import type { ErrorCode } from '@hufu/wire'
import type { Logger } from 'pino'

/** S3's codes of refusals that the KMS has a code of its own for; any other failure of a request is the proxy's own. */
const codes: Readonly<Record<string, ErrorCode>> = {
  AccessDenied: 'AccessDenied',
  InvalidAccessKeyId: 'UnknownAccessKey',
  'KMS.DisabledException': 'KeyDisabled',
  'KMS.InvalidStateException': 'InvalidState',
  'KMS.NotFoundException': 'KeyNotFound',
  ObjectNotAuthentic: 'DecryptionFailed',
  RequestTimeTooSkewed: 'SignatureExpired',
  SignatureDoesNotMatch: 'SignatureMismatch',
}

/** What the KMS refused, it recorded itself; what only the proxy saw is recorded beside it. */
export const s3Audit =
  (audit: Pick<Kms['audit'], 'append'>, log: Logger): S3Audit =>
  (record) => {
    const outcome = codes[record.outcome]
    if (outcome === undefined) return
    audit.append(kmsRecord(record, outcome)).catch((error) => log.error({ err: error, record }, 'not audited'))
  }

function kmsRecord(record: S3AuditRecord, outcome: ErrorCode) {
  const { requestId, at, operation, principal, accessKeyId, sourceIp, userAgent, bucket, key, reason } = record
  return {
    requestId,
    at,
    action: `s3:${operation}`,
    principal: principal || null,
    accessKeyId: accessKeyId || null,
    sourceIp,
    userAgent,
    via: 's3',
    key: `${bucket}/${key}`,
    outcome,
    detail: `${record.outcome}: ${reason}`,
  }
}
