import { type Authority, base64, isHufuError, type Signer, type SigningScope, scopeText } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { readAs } from '../key-service/answers.ts'
import { awsKeyService } from '../key-service/aws-key-service.ts'
import { AwsApi } from '../wire/aws-api.ts'
import { apiOptions, type HttpOptions } from '../wire/http-options.ts'
import { TencentApi } from '../wire/tencent-api.ts'
import { httpBindings } from './http-bindings.ts'
import { HttpKeyEvents } from './http-key-events.ts'

export interface HttpAuthorityOptions extends HttpOptions {
  /** The adapter's name, for the audit: `s3`, `postgres`, `volume`. */
  readonly via: string
}

export interface HttpAuthority extends Authority {
  close(): Promise<void>
}

const SIGNERS_MAX = 10_000
/** Milliseconds for which an access key that was deactivated may still be believed, at most. */
const SIGNER_LIFE = 30_000

const notTheirs: ReadonlySet<string> = new Set(['UnknownAccessKey', 'SessionExpired', 'TokenInvalid'])

const signingKey = z.object({
  Principal: z.string(),
  SigningKey: base64(32, 32),
  /** Of temporary credentials: seconds since the epoch. */
  Expiration: z.number().optional(),
})

interface Answered {
  readonly signer: Signer
  /** Milliseconds for which it may be believed. */
  readonly life: number
}

/**
 * The authority of an adapter in a process of its own. Its credentials must be a service's: it learns
 * signing keys, never secrets, and what it does with keys it does on behalf of the signer.
 */
export function httpAuthority({ via, ...http }: HttpAuthorityOptions): HttpAuthority {
  const options = apiOptions(http)
  const api = new AwsApi(options)
  const events = new HttpKeyEvents(api, options.connection)
  const signers = new LRUCache<string, Signer>({ max: SIGNERS_MAX, ttl: SIGNER_LIFE })
  events.subscribe(({ keyId }) => keyId === '*' && signers.clear())

  async function ask(accessKeyId: string, scope: SigningScope, sessionToken?: string): Promise<Answered> {
    const { date, region, service } = scope
    const named = { AccessKeyId: accessKeyId, Date: date, Region: region, Service: service }
    const parameters = sessionToken === undefined ? named : { ...named, SessionToken: sessionToken }
    const answer = readAs(signingKey, await api.call('HufuService.GetSigningKey', parameters))
    const headers = { ...options.headers, 'x-hufu-on-behalf-of': accessKeyId, 'x-hufu-via': via }
    const keys = awsKeyService(new AwsApi({ ...options, headers }))
    const bindings = httpBindings(new TencentApi({ ...options, headers }))
    const signer = { accessKeyId, principal: answer.Principal, signingKey: answer.SigningKey, keys, bindings }
    return { signer, life: lifeOf(answer.Expiration) }
  }

  return {
    events,
    async signer(accessKeyId, scope, sessionToken) {
      const name = `${accessKeyId} ${scopeText(scope)} ${sessionToken ?? ''}`
      const known = signers.get(name)
      if (known !== undefined) return known
      try {
        const { signer, life } = await ask(accessKeyId, scope, sessionToken)
        if (life > 0) signers.set(name, signer, { ttl: life })
        return signer
      } catch (error) {
        if (isHufuError(error) && notTheirs.has(error.code)) return null
        throw error
      }
    },
    async close() {
      await events.close()
      await options.connection.close()
    },
  }
}

/** A session is believed to its end and no longer. */
const lifeOf = (expiration: number | undefined): number =>
  expiration === undefined ? SIGNER_LIFE : Math.min(SIGNER_LIFE, Math.floor(expiration * 1000 - Date.now()))
