import type { SigningScope } from '../authority.ts'
import { HufuError } from '../error.ts'
import type { SignableRequest } from './signable-request.ts'
import { queryPairs } from './uri-encoding.ts'

export const SIGV4_ALGORITHM = 'AWS4-HMAC-SHA256'

/** The longest life of a presigned URL, seconds. */
export const PRESIGNED_LIFE_MAX = 604_800

/** Who says to have signed, and how: nothing of it is proven before `verifySigV4`. */
export interface SigV4Claim {
  readonly form: 'header' | 'presigned'
  readonly accessKeyId: string
  readonly scope: SigningScope
  /** `YYYYMMDDTHHMMSSZ`, its day the scope's day. */
  readonly timestamp: string
  /** Lower-case names in the order signed; `host` is always among them. */
  readonly signedHeaders: readonly string[]
  /** 64 hex digits. */
  readonly signature: string
  /** Seconds for which a presigned URL is good, 1 to 604,800. */
  readonly life?: number
  readonly securityToken?: string
}

/**
 * Reads the claim of a request, from its `Authorization` header or from its query. Null when it carries
 * no SigV4 signature at all. Throws `InvalidAuthorization` when it carries a malformed one.
 */
export function parseSigV4(request: Pick<SignableRequest, 'query' | 'headers'>): SigV4Claim | null {
  const { authorization } = request.headers
  if (typeof authorization === 'string' && authorization.startsWith(SIGV4_ALGORITHM))
    return headerClaim(authorization, request)
  if (request.query.includes('X-Amz-Algorithm=')) return presignedClaim(new Map(queryPairs(request.query)))
  return null
}

const HEADER = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/

function headerClaim(authorization: string, { headers }: Pick<SignableRequest, 'headers'>): SigV4Claim {
  const [, credential, signedHeaders, signature] = HEADER.exec(authorization) ?? []
  if (credential === undefined || signedHeaders === undefined || signature === undefined)
    throw malformed('Credential, SignedHeaders and a Signature of 64 hex digits in the authorization header')
  const token = text(headers['x-amz-security-token'])
  return {
    form: 'header',
    ...credentialOf(credential, headerTimestamp(headers)),
    signedHeaders: signedHeadersOf(signedHeaders),
    signature,
    ...(token === undefined ? {} : { securityToken: token }),
  }
}

function presignedClaim(query: ReadonlyMap<string, string>): SigV4Claim {
  const part = (name: string): string => {
    const value = query.get(name)
    if (value === undefined) throw malformed(`${name} in the query`)
    return value
  }
  if (part('X-Amz-Algorithm') !== SIGV4_ALGORITHM) throw malformed(`X-Amz-Algorithm=${SIGV4_ALGORITHM}`)
  const signature = part('X-Amz-Signature')
  if (!/^[0-9a-f]{64}$/.test(signature)) throw malformed('an X-Amz-Signature of 64 hex digits')
  const token = query.get('X-Amz-Security-Token')
  return {
    form: 'presigned',
    ...credentialOf(part('X-Amz-Credential'), part('X-Amz-Date')),
    signedHeaders: signedHeadersOf(part('X-Amz-SignedHeaders')),
    signature,
    life: lifeOf(part('X-Amz-Expires')),
    ...(token === undefined ? {} : { securityToken: token }),
  }
}

function headerTimestamp(headers: SignableRequest['headers']): string {
  const amzDate = text(headers['x-amz-date'])
  if (amzDate !== undefined) return amzDate
  const date = Date.parse(text(headers.date) ?? '')
  if (Number.isNaN(date)) throw malformed('an x-amz-date header')
  return sigV4Timestamp(date)
}

function credentialOf(credential: string, timestamp: string): Pick<SigV4Claim, 'accessKeyId' | 'scope' | 'timestamp'> {
  const [accessKeyId, date, region, service, end, more] = credential.split('/')
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || more !== undefined)
    throw malformed('a credential KEYID/DATE/REGION/SERVICE/aws4_request')
  if (!/^\d{8}T\d{6}Z$/.test(timestamp)) throw malformed('a signing time YYYYMMDDTHHMMSSZ')
  if (!timestamp.startsWith(`${date}T`)) throw malformed('the signing time on the day of the credential')
  return { accessKeyId, scope: { date, region, service }, timestamp }
}

function signedHeadersOf(list: string): readonly string[] {
  const names = list.split(';')
  if (!names.includes('host')) throw malformed('host among the signed headers')
  return names
}

function lifeOf(value: string): number {
  const life = Number(value)
  if (!/^\d{1,6}$/.test(value) || life < 1 || life > PRESIGNED_LIFE_MAX)
    throw malformed(`X-Amz-Expires from 1 to ${PRESIGNED_LIFE_MAX} seconds`)
  return life
}

/** `YYYYMMDDTHHMMSSZ` of a time in milliseconds. */
export const sigV4Timestamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** The time in milliseconds of `YYYYMMDDTHHMMSSZ`; NaN when there is no such time. */
export function sigV4Time(timestamp: string): number {
  const part = (start: number, end?: number): string => timestamp.slice(start, end)
  return Date.parse(`${part(0, 4)}-${part(4, 6)}-${part(6, 11)}:${part(11, 13)}:${part(13)}`)
}

const text = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

const malformed = (expected: string): HufuError => new HufuError('InvalidAuthorization', `expected ${expected}`)
