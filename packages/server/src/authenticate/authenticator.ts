import { type Caller, HufuError } from '@hufu/wire'
import type { Credential, NamedAction } from '../dialect/dialect.ts'
import { header, type Received } from '../request/received.ts'
import { ReplayGuard } from './replay-guard.ts'
import type { Signer } from './signer.ts'
import type { Signers } from './signers.ts'

const ON_BEHALF_OF = 'x-hufu-on-behalf-of'
const VIA = 'x-hufu-via'

/** From a signature to a caller. */
export class Authenticator {
  readonly #signers: Signers
  readonly #replays = new ReplayGuard()
  readonly #clock: () => number

  constructor(signers: Signers, clock: () => number) {
    this.#signers = signers
    this.#clock = clock
  }

  /** Whose signature it is. Throws `UnknownAccessKey`, `SignatureMismatch` or `SignatureExpired`. */
  async identify(credential: Credential): Promise<Signer> {
    const signer = await this.#signers.find(credential.accessKeyId)
    credential.verify(signer, this.#clock())
    return signer
  }

  /** Throws `Replayed` when the action changes something and this request of it was seen before. */
  checkReplay({ action }: Pick<NamedAction, 'action'>, { once }: Credential): void {
    if (action.changes && once !== undefined) this.#replays.check(once)
  }

  /**
   * Who the request acts as: whoever signed it or, when a service signed it, who it names in a signed
   * header. Throws `AccessDenied` when it is not a service that says so.
   */
  async caller(request: Received, credential: Credential, signer: Signer): Promise<Caller> {
    const name = header(request, ON_BEHALF_OF)
    if (name === undefined) return callerOf(request, signer, undefined)
    const via = header(request, VIA)
    for (const needed of via === undefined ? [ON_BEHALF_OF] : [ON_BEHALF_OF, VIA])
      if (!credential.signedHeaders.includes(needed))
        throw new HufuError('SignatureMismatch', `expected the header ${needed} to be signed`)
    if (!isService(signer)) throw new HufuError('AccessDenied', 'only a service may act on behalf of another')
    return callerOf(request, await this.#signers.find(name), via ?? 'adapter')
  }
}

/** Whether it may ask for others' signing keys and act for them: the root user is, until there are service users. */
export const isService = ({ principal }: Pick<Signer, 'principal'>): boolean => principal.endsWith(':root')

function callerOf(request: Received, { principal, accessKeyId }: Signer, via: string | undefined): Caller {
  const userAgent = header(request, 'user-agent')?.slice(0, 256)
  return {
    principal,
    accessKeyId,
    requestId: request.requestId,
    sourceIp: request.sourceIp,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(via === undefined ? {} : { via }),
  }
}
