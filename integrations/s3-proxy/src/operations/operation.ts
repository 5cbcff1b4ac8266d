import type { IncomingMessage } from 'node:http'
import type { ChecksumAlgorithm } from '../checksum/checksum.ts'
import type { ObjectName } from '../format/envelope.ts'
import type { Authenticated } from '../http/authenticate.ts'
import { type CheckedBody, checkedBody } from '../http/checked-body.ts'
import type { S3Request } from '../http/s3-request.ts'
import type { KeyUser } from '../keys/bucket-keys.ts'
import type { ProxyContext } from '../proxy-context.ts'
import type { Body } from '../store/object-store.ts'

/** An authenticated request, in the hands of its operation. */
export interface Call {
  readonly proxy: ProxyContext
  readonly request: S3Request
  readonly user: KeyUser
  /** The request's bucket and key. */
  readonly name: ObjectName
  /** The request's body, checked; `compute` is a checksum to make also when the client gave none. */
  body(compute?: ChecksumAlgorithm): CheckedBody
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number | undefined>>
  /** XML, or an object's bytes. */
  readonly body?: string | Body
}

export type Operation = (call: Call) => Promise<Answer>

export function callOf(proxy: ProxyContext, request: S3Request, message: IncomingMessage, who: Authenticated): Call {
  return {
    proxy,
    request,
    user: who.signer,
    name: { bucket: request.bucket, key: request.key },
    body: (compute) => checkedBody(request, message, who, compute ?? null),
  }
}
