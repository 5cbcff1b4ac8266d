import { HufuError } from '../error.ts'
import { hmacSha256Hex, sameSignature, sha256Hex } from './digest.ts'
import { headerValue, type SignableRequest } from './signable-request.ts'
import { SIGV4_ALGORITHM, type SigV4Claim, sigV4Time, sigV4Timestamp } from './sigv4-claim.ts'
import { scopeText, sigV4SigningKey } from './sigv4-key.ts'
import { canonicalPath, canonicalQuery, uriEncode } from './uri-encoding.ts'

/** The widest difference between the signer's clock and ours, milliseconds. */
export const CLOCK_SKEW_MAX = 300_000

export interface SigV4Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface SigV4Target {
  readonly region: string
  /** `kms`, `s3`. */
  readonly service: string
  /** When it is signed, milliseconds since the epoch. */
  readonly at: number
}

type Unstamped = Pick<SigV4Claim, 'scope' | 'timestamp' | 'signedHeaders'>

/**
 * The headers that sign the request, to be sent beside its own: all of those are signed, and `host` must
 * be among them.
 */
export function signSigV4(
  request: SignableRequest,
  credentials: SigV4Credentials,
  target: SigV4Target,
): Record<string, string> {
  const claim = unstamped(request.headers, target)
  const added = {
    'x-amz-date': claim.timestamp,
    'x-amz-content-sha256': request.payloadHash,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  }
  const signedHeaders = Object.keys({ ...request.headers, ...added }).sort()
  const complete = { ...request, headers: { ...request.headers, ...added } }
  const key = sigV4SigningKey(credentials.secretAccessKey, claim.scope)
  const signature = sigV4Signature(complete, { ...claim, signedHeaders }, key)
  const credential = `${credentials.accessKeyId}/${scopeText(claim.scope)}`
  const authorization = `${SIGV4_ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  return { ...added, authorization }
}

/** The query of a presigned URL, good for `life` seconds; the request's headers are signed into it. */
export function presignSigV4(
  request: Omit<SignableRequest, 'payloadHash'>,
  credentials: SigV4Credentials,
  target: SigV4Target & { readonly life: number },
): string {
  const claim = unstamped(request.headers, target)
  const added: Record<string, string> = {
    'X-Amz-Algorithm': SIGV4_ALGORITHM,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scopeText(claim.scope)}`,
    'X-Amz-Date': claim.timestamp,
    'X-Amz-Expires': String(target.life),
    'X-Amz-SignedHeaders': claim.signedHeaders.join(';'),
    ...(credentials.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': credentials.sessionToken }),
  }
  const pairs = Object.entries(added).map(([name, value]) => `${name}=${uriEncode(value)}`)
  const query = [request.query, ...pairs].filter((part) => part !== '').join('&')
  const key = sigV4SigningKey(credentials.secretAccessKey, claim.scope)
  const signature = sigV4Signature({ ...request, query, payloadHash: 'UNSIGNED-PAYLOAD' }, claim, key)
  return `${query}&X-Amz-Signature=${signature}`
}

/**
 * Checks time and signature of a claim against the signing key of its scope. Throws `SignatureExpired`
 * when the signer's clock is more than five minutes off or the presigned URL's life is over, and
 * `SignatureMismatch` for everything else that is wrong.
 */
export function verifySigV4(request: SignableRequest, claim: SigV4Claim, signingKey: Uint8Array, now: number): void {
  checkSigV4Time(claim, now)
  checkAmzHeadersSigned(request, claim)
  if (!sameSignature(sigV4Signature(request, claim, signingKey), claim.signature))
    throw new HufuError('SignatureMismatch', 'the signature is not that of this request under this access key')
}

function checkSigV4Time(claim: SigV4Claim, now: number): void {
  const at = sigV4Time(claim.timestamp)
  const late = claim.life === undefined ? CLOCK_SKEW_MAX : claim.life * 1000
  if (!(now - at <= late && at - now <= CLOCK_SKEW_MAX))
    throw new HufuError(
      'SignatureExpired',
      `expected a signature made about ${sigV4Timestamp(now)}, received one of ${claim.timestamp}`,
    )
}

function checkAmzHeadersSigned(request: SignableRequest, claim: SigV4Claim): void {
  for (const name in request.headers) {
    if (name.startsWith('x-amz-') && !claim.signedHeaders.includes(name))
      throw new HufuError('SignatureMismatch', `expected the header ${name} to be signed`)
  }
}

/** The hex signature of the request as the claim describes it. */
export function sigV4Signature(request: SignableRequest, claim: Unstamped, signingKey: Uint8Array): string {
  const hashed = sha256Hex(canonicalRequest(request, claim))
  return hmacSha256Hex(signingKey, `${SIGV4_ALGORITHM}\n${claim.timestamp}\n${scopeText(claim.scope)}\n${hashed}`)
}

/** SigV4, "Create a canonical request": S3 encodes its path once, every other service twice. */
function canonicalRequest(request: SignableRequest, { scope, signedHeaders }: Unstamped): string {
  const once = canonicalPath(request.path)
  const path = scope.service === 's3' || once === '/' ? once : once.split('/').map(uriEncode).join('/')
  let text = `${request.method}\n${path}\n${canonicalQuery(request.query, 'X-Amz-Signature')}\n`
  for (const name of signedHeaders) text += `${name}:${headerValue(request.headers, name)}\n`
  return `${text}\n${signedHeaders.join(';')}\n${request.payloadHash}`
}

function unstamped(headers: SignableRequest['headers'], target: SigV4Target): Unstamped {
  if (headers.host === undefined) throw new TypeError('expected a host header to sign')
  const timestamp = sigV4Timestamp(target.at)
  const scope = { date: timestamp.slice(0, 8), region: target.region, service: target.service }
  return { scope, timestamp, signedHeaders: Object.keys(headers).sort() }
}
