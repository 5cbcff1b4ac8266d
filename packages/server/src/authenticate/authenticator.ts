import { hasToken, sessionFacts } from '@hufu/kms'
import { type Caller, HufuError } from '@hufu/wire'
import type { Credential } from '../dialect/dialect.ts'
import type { KmsPort } from '../kms-port.ts'
import { header, type Received } from '../request/received.ts'
import { LastUses } from './last-uses.ts'
import type { Signer } from './signer.ts'
import type { Signers } from './signers.ts'

const ON_BEHALF_OF = 'x-hufu-on-behalf-of'
const VIA = 'x-hufu-via'

/** Whose proof it is. */
export type Holder = Pick<Signer, 'principal' | 'accessKeyId'> & Partial<Pick<Signer, 'session'>>

/** From a signature to its holder, and from a holder to a caller. */
export class Authenticator {
  readonly #signers: Signers
  readonly #kms: KmsPort
  readonly #lastUses: LastUses
  readonly #clock: () => number

  constructor(signers: Signers, kms: KmsPort, clock: () => number) {
    this.#signers = signers
    this.#kms = kms
    this.#lastUses = new LastUses(kms.identities)
    this.#clock = clock
  }

  /** Whose access key it is. Throws `UnknownAccessKey`, or `SessionExpired`. */
  find(accessKeyId: string): Promise<Signer> {
    return this.#signers.find(accessKeyId)
  }

  /** Whose signature it is. Throws `UnknownAccessKey`, `SignatureMismatch`, `SignatureExpired` or `TokenInvalid`. */
  async identify(credential: Credential): Promise<Signer> {
    return this.#proven(credential, await this.find(credential.accessKeyId))
  }

  /** The same at once; undefined when whose it says to be must be looked up. Throws as `identify` does. */
  identifyAtOnce(credential: Credential): Signer | undefined {
    const signer = this.#signers.held(credential.accessKeyId)
    return signer === undefined ? undefined : this.#proven(credential, signer)
  }

  #proven(credential: Credential, signer: Signer): Signer {
    credential.verify(signer, this.#clock())
    checkToken(signer, credential.sessionToken)
    this.#lastUses.note(signer.accessKeyId, credential.service)
    return signer
  }

  /**
   * Who the request acts as: whose the proof is or, when that is a service, who it names in a header, which a signature
   * must cover (of a certificate, TLS covers all). Throws `AccessDenied` when it may not act on behalf of that one.
   */
  caller(request: Received, credential: Credential | null, holder: Holder): Promise<Caller> | Caller {
    const name = header(request, ON_BEHALF_OF)
    return name === undefined
      ? callerOf(request, holder, undefined)
      : this.#otherCaller(name, request, credential, holder)
  }

  async #otherCaller(name: string, request: Received, credential: Credential | null, holder: Holder): Promise<Caller> {
    const via = header(request, VIA)
    for (const needed of via === undefined ? [ON_BEHALF_OF] : [ON_BEHALF_OF, VIA])
      if (credential?.signedHeaders.includes(needed) === false)
        throw new HufuError('SignatureMismatch', `expected the header ${needed} to be signed`)
    const service = callerOf(request, holder, via ?? 'adapter')
    const other = await this.#signers.find(name).catch(() => null)
    await this.#kms.as(service).authorise('kms:ActOnBehalfOf', other?.principal ?? UNKNOWN)
    const caller = callerOf(request, other ?? (await this.#signers.find(name)), via ?? 'adapter')
    return { ...caller, service: service.principal }
  }

  close(): Promise<void> {
    return this.#lastUses.close()
  }
}

/** What policies name an access key's owner by when there is none. */
export const UNKNOWN = 'arn:aws:iam:::unknown'

/** Throws `TokenInvalid`. */
export function checkToken({ session }: Signer, token: string | undefined): void {
  if (!hasToken(session, token))
    throw new HufuError('TokenInvalid', 'expected the session token of these credentials, received another or none')
}

function callerOf(request: Received, { principal, accessKeyId, session }: Holder, via: string | undefined): Caller {
  const userAgent = header(request, 'user-agent')?.slice(0, 256)
  return {
    principal,
    accessKeyId,
    requestId: request.requestId,
    sourceIp: request.sourceIp,
    secure: request.secure,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(via === undefined ? {} : { via }),
    ...(session === undefined ? {} : sessionFacts(session)),
  }
}

/** Who asks without a proof, where that is enough. */
export const anonymous = ({ requestId, sourceIp, secure }: Received) => ({
  caller: { principal: 'anonymous', accessKeyId: '', requestId, sourceIp, secure },
  credential: null,
})
