import { type Caller, isHufuError } from '@hufu/wire'
import type { Credential, Dialect } from '../dialect/dialect.ts'
import type { KmsPort } from '../kms-port.ts'
import type { RateLimit } from '../limit/rate-limit.ts'
import type { Received } from '../request/received.ts'
import { Authenticator, type Holder } from './authenticator.ts'
import { Certificates, checkSame, type RevokedSerials, refuseBrowsers } from './certificates.ts'
import type { Signers } from './signers.ts'

/** Whose proof a request has. */
interface Proven {
  readonly holder: Holder
  /** The signature; null where a client certificate is the proof. */
  readonly credential: Credential | null
}

/** Who asks, and by which signature. */
export interface Admitted {
  readonly caller: Caller
  readonly credential: Credential | null
}

interface AdmissionParts {
  readonly kms: KmsPort
  readonly signers: Signers
  readonly clock: () => number
  readonly revoked: RevokedSerials
  /** Of every identity, taken from once it is known for whom is asked. */
  readonly limit: RateLimit
}

/** From a request to who asks: by a signature, by a client certificate, or by both of the same. */
export class Admission {
  readonly #authenticator: Authenticator
  readonly #certificates: Certificates
  readonly #limit: RateLimit

  constructor({ kms, signers, clock, revoked, limit }: AdmissionParts) {
    this.#authenticator = new Authenticator(signers, kms, clock)
    this.#certificates = new Certificates(kms, clock, revoked)
    this.#limit = limit
  }

  /**
   * At once where the signer is known: a promise would cost as much as the look-up. Throws what says that nobody is
   * proven, `CertificateRefused` among it, or `RequestLimitExceeded`.
   */
  admit(request: Received, dialect: Dialect): Promise<Admitted> | Admitted {
    if (request.certificate === null) {
      const credential = dialect.credential(request)
      const holder = this.#authenticator.identifyAtOnce(credential)
      if (holder !== undefined) return this.#admitted(request, { holder, credential })
    }
    return this.prove(request, dialect).then((proven) => this.#admitted(request, proven))
  }

  /** Whose proof it is. Throws as `admit` does, and takes from no limit. */
  async prove(request: Received, dialect: Dialect): Promise<Proven> {
    const certified = await this.#certificates.find(request)
    if (certified === null) return this.#signed(dialect.credential(request))
    const credential = signatureIfAny(request, dialect)
    if (credential === null) return { holder: certified, credential }
    const proven = await this.#signed(credential)
    checkSame(certified, proven.holder.principal)
    return proven
  }

  /** Whether a proof that was good counts still, by its access key, session and certificate; true while that can't be known. */
  async holds(request: Received, { credential }: Proven): Promise<boolean> {
    try {
      await this.#certificates.find(request)
      if (credential !== null) await this.#authenticator.find(credential.accessKeyId)
      return true
    } catch (error) {
      return isHufuError(error, 'Unavailable')
    }
  }

  async #signed(credential: Credential): Promise<Proven> {
    return { holder: await this.#authenticator.identify(credential), credential }
  }

  /** What an adapter asks for somebody counts as that one's, so that one alone can't use up what it may ask for all. */
  #admitted(request: Received, { holder, credential }: Proven): Promise<Admitted> | Admitted {
    const caller = this.#authenticator.caller(request, credential, holder)
    if (caller instanceof Promise)
      return caller.then(
        (known) => this.#counted(known, known.principal, credential),
        (error) => {
          this.#limit.take(holder.principal)
          throw error
        },
      )
    return this.#counted(caller, holder.principal, credential)
  }

  #counted(caller: Caller, identity: string, credential: Credential | null): Admitted {
    this.#limit.take(identity)
    return { caller, credential }
  }

  close(): Promise<void> {
    return this.#authenticator.close()
  }
}

/** Null where there is none: the certificate is enough. Throws `InvalidAuthorization`, or `CertificateRefused`. */
function signatureIfAny(request: Received, dialect: Dialect): Credential | null {
  try {
    return dialect.credential(request)
  } catch (error) {
    if (!isHufuError(error, 'MissingAuthentication')) throw error
    refuseBrowsers(request)
    return null
  }
}
