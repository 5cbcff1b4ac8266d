import type { Caller, EncryptionContext, HufuError } from '@hufu/wire'
import type { AuditRecord } from './audit-record.ts'

export interface AuditedRequest {
  readonly caller: Caller
  /** The name that policies and the audit know it by. */
  readonly action: string
  readonly context?: EncryptionContext | undefined
}

/** The record of one request while the request goes on. */
export class AuditEntry {
  readonly #request: AuditedRequest
  readonly #at: number
  /** The key's ARN as soon as it is known, until then the name that was asked for. */
  key: string | null

  constructor(request: AuditedRequest, at: number, key: string | null) {
    this.#request = request
    this.#at = at
    this.key = key
  }

  succeeded(): AuditRecord {
    const { caller, action, context } = this.#request
    return {
      requestId: caller.requestId,
      at: this.#at,
      action,
      principal: caller.principal,
      accessKeyId: caller.accessKeyId,
      sourceIp: caller.sourceIp,
      userAgent: caller.userAgent,
      via: caller.via,
      service: caller.service,
      key: this.key,
      context,
      outcome: 'ok',
    }
  }

  failed(error: HufuError): AuditRecord {
    return { ...this.succeeded(), outcome: error.code, detail: error.message }
  }
}
