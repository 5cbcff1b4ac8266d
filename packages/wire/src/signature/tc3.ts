import { HufuError } from '../error.ts'
import { hmacSha256, hmacSha256Hex, sameSignature, sha256Hex } from './digest.ts'
import { headerValue, type SignableRequest } from './signable-request.ts'
import { CLOCK_SKEW_MAX, type SigV4Credentials } from './sigv4.ts'

export const TC3_ALGORITHM = 'TC3-HMAC-SHA256'

export interface Tc3Scope {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string
  /** The first label of the endpoint that the client was given: `kms`, `127`, `localhost:7350`. */
  readonly service: string
}

/** Who says to have signed a Tencent Cloud API 3.0 request, and how. Proven only by `verifyTc3`. */
export interface Tc3Claim {
  readonly accessKeyId: string
  readonly scope: Tc3Scope
  /** Seconds since the epoch, as sent in `X-TC-Timestamp`. */
  readonly timestamp: string
  readonly signedHeaders: readonly string[]
  /** 64 hex digits. */
  readonly signature: string
}

/** The TC3 signing key of one day and service: 32 bytes. */
export function tc3SigningKey(secretKey: string, scope: Tc3Scope): Uint8Array {
  const date = hmacSha256(`TC3${secretKey}`, scope.date)
  return hmacSha256(hmacSha256(date, scope.service), 'tc3_request')
}

const HEADER = /^TC3-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/

/** Null when the request carries no TC3 signature. Throws `InvalidAuthorization` when it carries a malformed one. */
export function parseTc3({ headers }: Pick<SignableRequest, 'headers'>): Tc3Claim | null {
  const { authorization } = headers
  if (typeof authorization !== 'string' || !authorization.startsWith(TC3_ALGORITHM)) return null
  const [, credential = '', signedHeaders = '', signature = ''] = HEADER.exec(authorization) ?? []
  const [accessKeyId, date, service, end, more] = credential.split('/')
  if (!accessKeyId || !date || !service || end !== 'tc3_request' || more !== undefined)
    throw malformed('Credential=KEYID/DATE/SERVICE/tc3_request, SignedHeaders and a Signature of 64 hex digits')
  const names = signedHeaders.split(';')
  if (!names.includes('host') || !names.includes('content-type'))
    throw malformed('content-type and host among the signed headers')
  const timestamp = headerValue(headers, 'x-tc-timestamp')
  if (!/^\d{10}$/.test(timestamp)) throw malformed('an X-TC-Timestamp header of ten digits')
  if (tc3Date(timestamp) !== date) throw malformed('the X-TC-Timestamp on the day of the credential')
  return { accessKeyId, scope: { date, service }, timestamp, signedHeaders: names, signature }
}

/**
 * Checks time and signature of a claim. Throws `SignatureExpired` or `SignatureMismatch`.
 *
 * Clients differ in what they sign: the reference lower-cases header values and some SDKs don't; some
 * leave the port out of the signed host though they send it. Each of these forms is accepted.
 */
export function verifyTc3(request: SignableRequest, claim: Tc3Claim, signingKey: Uint8Array, now: number): void {
  checkTimestamp(claim.timestamp, now)
  for (const headers of headerForms(request, claim.signedHeaders)) {
    if (sameSignature(tc3Signature(request, headers, claim, signingKey), claim.signature)) return
  }
  throw new HufuError('SignatureMismatch', 'the signature is not that of this request under this secret id')
}

/** The headers that sign a POST or GET, to be sent beside its own, which must hold `host` and `content-type`. */
export function signTc3(
  request: SignableRequest,
  credentials: SigV4Credentials,
  target: { readonly service: string; readonly at: number },
): Record<string, string> {
  const timestamp = String(Math.floor(target.at / 1000))
  const scope = { date: tc3Date(timestamp), service: target.service }
  const signedHeaders = Object.keys(request.headers).sort()
  const key = tc3SigningKey(credentials.secretAccessKey, scope)
  const canonical = canonicalHeaders(request, signedHeaders, (value) => value.toLowerCase())
  const signature = tc3Signature(request, canonical, { scope, timestamp, signedHeaders }, key)
  const credential = `${credentials.accessKeyId}/${scope.date}/${scope.service}/tc3_request`
  return {
    'x-tc-timestamp': timestamp,
    ...(credentials.sessionToken === undefined ? {} : { 'x-tc-token': credentials.sessionToken }),
    authorization: `${TC3_ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  }
}

/** Throws `SignatureExpired` when the seconds are more than five minutes from now (milliseconds). */
export function checkTimestamp(seconds: string, now: number): void {
  if (!(Math.abs(Number(seconds) * 1000 - now) <= CLOCK_SKEW_MAX))
    throw new HufuError(
      'SignatureExpired',
      `expected a timestamp of about ${Math.floor(now / 1000)}, received ${seconds.slice(0, 20)}`,
    )
}

function tc3Signature(
  request: SignableRequest,
  headers: string,
  claim: Pick<Tc3Claim, 'scope' | 'timestamp' | 'signedHeaders'>,
  signingKey: Uint8Array,
): string {
  const canonical = `${request.method}\n${request.path}\n${request.query}\n${headers}\n${claim.signedHeaders.join(';')}\n${request.payloadHash}`
  const scope = `${claim.scope.date}/${claim.scope.service}/tc3_request`
  return hmacSha256Hex(signingKey, `${TC3_ALGORITHM}\n${claim.timestamp}\n${scope}\n${sha256Hex(canonical)}`)
}

function headerForms(request: SignableRequest, names: readonly string[]): Set<string> {
  const lower = (value: string): string => value.toLowerCase()
  const portless = (value: string, name: string): string => (name === 'host' ? value.replace(/:\d+$/, '') : value)
  return new Set([
    canonicalHeaders(request, names, (value, name) => lower(portless(value, name))),
    canonicalHeaders(request, names, lower),
    canonicalHeaders(request, names, portless),
    canonicalHeaders(request, names, (value) => value),
  ])
}

function canonicalHeaders(
  request: SignableRequest,
  names: readonly string[],
  form: (value: string, name: string) => string,
): string {
  let text = ''
  for (const name of names) text += `${name}:${form(headerValue(request.headers, name), name)}\n`
  return text
}

const tc3Date = (timestamp: string): string => new Date(Number(timestamp) * 1000).toISOString().slice(0, 10)

const malformed = (expected: string): HufuError => new HufuError('InvalidAuthorization', `expected ${expected}`)
