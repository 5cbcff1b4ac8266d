import { rootCertificates } from 'node:tls'
import type { TokenVerifier } from '@hufu/kms'
import { certificateDoubt, HufuError } from '@hufu/wire'
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { ANSWER_WITHIN, fetchDocument } from './fetch-document.ts'

const ISSUERS_MAX = 100
/** Milliseconds for which an issuer's keys are believed. */
const KEYS_KEPT = 600_000
/** Seconds that the issuer's clock may be off. */
const CLOCK_TOLERANCE = 60

/** Signatures with a key pair only: with `none` or a shared secret anybody could be the issuer. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** How a document of an issuer is read, by its URL. */
type FetchDocument = (url: string) => Promise<Response>

/**
 * Tokens of OpenID Connect issuers, by the keys that their discovery document (OIDC Discovery 1.0, 4) leads to. `ca`: PEM
 * of authorities that issuers may be of besides those that Node comes with.
 */
export function oidcVerifier({ ca }: { readonly ca?: string } = {}): TokenVerifier {
  const trusted = ca === undefined ? undefined : [...rootCertificates, ca]
  const read: FetchDocument = (url) => fetchDocument(url, trusted)
  const issuers = new LRUCache<string, JWTVerifyGetKey>({ max: ISSUERS_MAX, ttl: KEYS_KEPT })
  return async ({ url, clientIds, token }) => {
    const keys = issuers.get(url) ?? (await discover(url, read))
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

async function discover(url: string, read: FetchDocument): Promise<JWTVerifyGetKey> {
  const document = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const response = await read(document)
    const { issuer, jwks_uri } = configuration.parse(await response.json())
    if (issuer.replace(/\/$/, '') !== url.replace(/\/$/, ''))
      throw new TypeError('expected the document of this issuer')
    const place = new URL(jwks_uri)
    if (!isProtected(place, new URL(url))) throw new TypeError(`expected keys over https, received ${jwks_uri}`)
    return createRemoteJWKSet(place, { timeoutDuration: ANSWER_WITHIN, [customFetch]: read })
  } catch (cause) {
    throw unreachable(url, cause)
  }
}

/** Keys that come in the clear could be anybody's: only an issuer of this machine may have them so, on this machine. */
const isProtected = (keys: URL, issuer: URL): boolean =>
  keys.protocol === 'https:' ||
  (keys.protocol === 'http:' && issuer.protocol === 'http:' && keys.hostname === issuer.hostname)

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

function unreachable(url: string, cause: unknown): HufuError {
  const doubt = certificateDoubt(cause)
  const told =
    doubt === null
      ? `expected the issuer ${url} to answer with its keys`
      : `the certificate of the issuer ${url} is not trusted (${doubt}): hufu up --issuer-ca FILE names its CA`
  return new HufuError('Unavailable', told, { cause })
}
