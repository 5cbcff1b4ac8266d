import type { TokenVerifier } from '@hufu/kms'
import { HufuError } from '@hufu/wire'
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'

const ISSUERS_MAX = 100
/** Milliseconds for which an issuer's keys are believed, and in which it must answer. */
const KEYS_KEPT = 600_000
const ANSWER_WITHIN = 5_000
/** Seconds that the issuer's clock may be off. */
const CLOCK_TOLERANCE = 60
const DOCUMENT_MAX = 262_144

/** Signatures with a key pair only: with `none` or a shared secret anybody could be the issuer. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** Tokens of OpenID Connect issuers, by the keys that their discovery document (OIDC Discovery 1.0, 4) leads to. */
export function oidcVerifier(): TokenVerifier {
  const issuers = new LRUCache<string, JWTVerifyGetKey>({ max: ISSUERS_MAX, ttl: KEYS_KEPT })
  return async ({ url, clientIds, token }) => {
    const keys = issuers.get(url) ?? (await discover(url))
    issuers.set(url, keys)
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        audience: [...clientIds],
        clockTolerance: CLOCK_TOLERANCE,
        issuer: [url, url.endsWith('/') ? url.slice(0, -1) : `${url}/`],
        requiredClaims: ['exp', 'sub', 'aud'],
      })
      return payload
    } catch (cause) {
      throw refusal(cause, url)
    }
  }
}

async function discover(url: string): Promise<JWTVerifyGetKey> {
  const document = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const response = await fetchDocument(document, {})
    const { issuer, jwks_uri } = configuration.parse(await response.json())
    if (issuer.replace(/\/$/, '') !== url.replace(/\/$/, ''))
      throw new TypeError('expected the document of this issuer')
    return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: ANSWER_WITHIN, [customFetch]: fetchDocument })
  } catch (cause) {
    throw unreachable(url, cause)
  }
}

/** Follows no redirect, waits no longer than it must, and reads no more than a document may have. */
async function fetchDocument(url: string, options: object): Promise<Response> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN)
  const response = await fetch(url, { ...options, redirect: 'error', signal })
  if (!response.ok) throw new TypeError(`expected a document, received status ${response.status}`)
  const body = await limited(response)
  return new Response(body, { status: 200, headers: { 'content-type': 'application/json' } })
}

async function limited(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > DOCUMENT_MAX) throw new RangeError(`expected a document of at most ${DOCUMENT_MAX} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function refusal(cause: unknown, url: string): HufuError {
  if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError)) return unreachable(url, cause)
  if (cause instanceof errors.JWTExpired)
    return new HufuError('SessionExpired', 'expected a web identity token that is good now, received an expired one', {
      cause,
    })
  return new HufuError('WebIdentityInvalid', `expected a token of ${url} for a registered audience, received another`, {
    cause,
  })
}

const unreachable = (url: string, cause: unknown): HufuError =>
  new HufuError('Unavailable', `expected the issuer ${url} to answer with its keys`, { cause })
