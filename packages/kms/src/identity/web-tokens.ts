import { HufuError } from '@hufu/wire'
import { readEntry } from '../directory/documents.ts'
import type { OidcProviderEntry } from '../directory/entry.ts'
import type { Store } from '../store/store.ts'

/**
 * Verifies a token of an OpenID Connect issuer against the issuer's own keys. Throws `WebIdentityInvalid` for one that
 * is not good now, and `Unavailable` when the issuer can't be asked.
 */
export type TokenVerifier = (issuer: {
  readonly url: string
  readonly clientIds: readonly string[]
  readonly token: string
}) => Promise<Readonly<Record<string, unknown>>>

export interface VerifiedToken {
  /** The issuer's host and path. */
  readonly host: string
  readonly subject: string
  readonly audience: string
  /** By condition key. */
  readonly claims: ReadonlyMap<string, readonly string[]>
}

const MAX_TOKEN = 20_000

/** Tokens of the registered issuers. */
export class WebTokens {
  readonly #store: Store
  readonly #verifier: TokenVerifier

  constructor(store: Store, verifier: TokenVerifier) {
    this.#store = store
    this.#verifier = verifier
  }

  async verify(token: string, provider?: string): Promise<VerifiedToken> {
    const entry = await this.#issuer(token)
    if (provider !== undefined && !provider.endsWith(entry.host)) throw unknown()
    const claims = await this.#verifier({ url: entry.url, clientIds: entry.clientIds, token })
    const audiences = [claims.aud].flat().filter((one) => typeof one === 'string')
    const audience = audiences.find((one) => entry.clientIds.includes(one)) ?? ''
    return {
      host: entry.host,
      subject: String(claims.sub ?? ''),
      audience,
      claims: valuesOf(entry.host, claims, audiences),
    }
  }

  /** Who the token says to be of: not proven, but whose keys are to prove it. */
  async #issuer(token: string): Promise<OidcProviderEntry> {
    const url = token.length <= MAX_TOKEN ? issuerOf(token) : null
    const host = url?.replace(/^https?:\/\//, '').replace(/\/$/, '')
    const entry = host === undefined ? null : await readEntry(this.#store, 'oidc-provider', host)
    if (entry === null || url?.replace(/\/$/, '') !== entry.url.replace(/\/$/, '')) throw unknown()
    return entry
  }
}

function issuerOf(token: string): string | null {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof payload?.iss === 'string' ? payload.iss : null
  } catch {
    return null
  }
}

function valuesOf(host: string, claims: Readonly<Record<string, unknown>>, audiences: readonly string[]) {
  const values = new Map<string, readonly string[]>([[`${host}:aud`, audiences]])
  for (const name of ['sub', 'azp', 'email'])
    if (typeof claims[name] === 'string') values.set(`${host}:${name}`, [claims[name]])
  return values
}

const unknown = (): HufuError =>
  new HufuError('WebIdentityInvalid', 'expected a token of a registered issuer, received another')

/** Where no verifier is given. */
export const noTokens: TokenVerifier = async () => {
  throw new HufuError('NotSupported', 'this service verifies no web identity tokens')
}
