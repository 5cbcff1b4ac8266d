import { createHmac } from 'node:crypto'
import { HufuError } from '../error.ts'
import { sameSignature } from './digest.ts'
import type { SignableRequest } from './signable-request.ts'
import { checkTimestamp } from './tc3.ts'

export type TencentV1Method = 'HmacSHA1' | 'HmacSHA256'

/** Who says to have signed a request with Tencent Cloud's older signature, which is one of its parameters. */
export interface TencentV1Claim {
  readonly accessKeyId: string
  readonly method: TencentV1Method
  /** Seconds since the epoch. */
  readonly timestamp: string
  /** Makes the signature of each request another one. */
  readonly nonce: string
  /** Base64. */
  readonly signature: string
}

/** Null when the parameters carry no signature. Throws `InvalidAuthorization` when they carry a malformed one. */
export function parseTencentV1(parameters: ReadonlyMap<string, string>): TencentV1Claim | null {
  const signature = parameters.get('Signature')
  if (signature === undefined) return null
  const part = (name: string, form: RegExp): string => {
    const value = parameters.get(name) ?? ''
    if (!form.test(value)) throw new HufuError('InvalidAuthorization', `expected the parameter ${name}`)
    return value
  }
  const method = parameters.get('SignatureMethod') ?? 'HmacSHA1'
  if (method !== 'HmacSHA1' && method !== 'HmacSHA256')
    throw new HufuError('InvalidAuthorization', 'expected a SignatureMethod of HmacSHA1 or HmacSHA256')
  return {
    accessKeyId: part('SecretId', /^[^/ ]+$/),
    method,
    timestamp: part('Timestamp', /^\d{10}$/),
    nonce: part('Nonce', /^\d{1,19}$/),
    signature,
  }
}

/**
 * Checks time and signature of a claim against the secret key itself: this signature has no derived keys.
 * The host may have been signed with its port or without. Throws `SignatureExpired` or `SignatureMismatch`.
 */
export function verifyTencentV1(
  request: Pick<SignableRequest, 'method' | 'path' | 'headers'>,
  parameters: ReadonlyMap<string, string>,
  claim: TencentV1Claim,
  secretKey: Uint8Array,
  now: number,
): void {
  checkTimestamp(claim.timestamp, now)
  const host = String(request.headers.host ?? '')
  for (const name of new Set([host, host.replace(/:\d+$/, '')])) {
    const expected = tencentV1Signature({ ...request, host: name }, parameters, claim.method, secretKey)
    if (sameSignature(expected, claim.signature)) return
  }
  throw new HufuError('SignatureMismatch', 'the signature is not that of this request under this secret id')
}

/** The base64 signature over `METHOD host path ? sorted parameters`, values as they are, not encoded. */
export function tencentV1Signature(
  request: { readonly method: string; readonly host: string; readonly path: string },
  parameters: ReadonlyMap<string, string>,
  method: TencentV1Method,
  secretKey: string | Uint8Array,
): string {
  const pairs = [...parameters].filter(([name]) => name !== 'Signature')
  pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  const list = pairs.map(([name, value]) => `${name}=${value}`).join('&')
  const hash = method === 'HmacSHA256' ? 'sha256' : 'sha1'
  return createHmac(hash, secretKey).update(`${request.method}${request.host}${request.path}?${list}`).digest('base64')
}
