import { type Caller, HufuError, isHufuError } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import type { KmsPort } from '../kms-port.ts'
import type { ClientCertificate } from '../request/client-certificate.ts'
import { header, type Received } from '../request/received.ts'

/** Serial numbers, in upper-case hex, of certificates that count no more. */
export type RevokedSerials = () => Promise<ReadonlySet<string>>

/** Whom a client certificate proves. */
export interface Certified {
  readonly principal: string
  /** `x509:` and the serial number: what the audit has in the place of an access key. */
  readonly accessKeyId: string
}

/** Milliseconds after which a name is looked up again, as access keys are. */
const KEPT_FOR = 1_000
const KEPT_MAX = 10_000

/** The permission without which a certificate proves nobody: so administrators choose who may come by one. */
const BY_CERTIFICATE = 'kms:AuthenticateByCertificate'

export const certificateId = ({ serial }: Pick<ClientCertificate, 'serial'>): string => `x509:${serial}`

/** From a client certificate to the user whom it names. */
export class Certificates {
  readonly #kms: KmsPort
  readonly #clock: () => number
  readonly #revoked: RevokedSerials
  readonly #users: LRUCache<string, { readonly arn: string | null }, ClientCertificate>

  constructor(kms: KmsPort, clock: () => number, revoked: RevokedSerials) {
    this.#kms = kms
    this.#clock = clock
    this.#revoked = revoked
    this.#users = new LRUCache({
      max: KEPT_MAX,
      ttl: KEPT_FOR,
      fetchMethod: async (_, __, { context }) => ({ arn: await kms.identities.certified(context) }),
    })
  }

  /** Null for a request without a certificate. Throws `CertificateRefused`: one that is shown must be good. */
  async find(request: Received): Promise<Certified | null> {
    const { certificate } = request
    if (certificate === null) return null
    this.#checkTimes(certificate)
    if ((await this.#revoked()).has(certificate.serial)) throw refused('one that is revoked')
    const principal = await this.#user(certificate)
    if (principal === null) throw notNamed()
    const certified = { principal, accessKeyId: certificateId(certificate) }
    await this.#authorise(request, certified)
    return certified
  }

  /** A connection may live longer than its certificate. */
  #checkTimes({ fault, from, to }: ClientCertificate): void {
    if (fault !== null) throw refused(`one that is not good: ${fault}`)
    const now = this.#clock()
    if (!(now >= from)) throw refused('one that is not yet valid')
    if (!(now <= to)) throw refused('one that has expired')
  }

  async #user(certificate: ClientCertificate): Promise<string | null> {
    const { uris, dnsNames } = certificate
    const name = JSON.stringify([uris, dnsNames])
    return (await this.#users.fetch(name, { context: certificate }))?.arn ?? null
  }

  /** An unknown user and one who may not are refused in the same words. */
  async #authorise(request: Received, certified: Certified): Promise<void> {
    const { requestId, sourceIp, secure } = request
    const caller: Caller = { ...certified, requestId, sourceIp, secure }
    await this.#kms
      .as(caller)
      .authorise(BY_CERTIFICATE, certified.principal)
      .catch((error) => {
        throw isHufuError(error, 'AccessDenied') ? notNamed(error) : error
      })
  }
}

/** A browser shows its certificate for any page that asks it to: there only a signature tells who wants what. */
export function refuseBrowsers(request: Received): void {
  if (header(request, 'origin') === undefined && header(request, 'sec-fetch-site') === undefined) return
  throw new HufuError(
    'CertificateRefused',
    'expected a signed request of a browser, received one with a certificate alone',
  )
}

/** Throws `CertificateRefused` when certificate and signature are of two. */
export function checkSame(certified: Certified, principal: string): void {
  if (certified.principal !== principal)
    throw new HufuError('CertificateRefused', 'expected a signature of whom the client certificate names')
}

const refused = (what: string): HufuError =>
  new HufuError('CertificateRefused', `expected a good client certificate or none, received ${what}`)

const notNamed = (cause?: unknown): HufuError =>
  new HufuError('CertificateRefused', `expected a client certificate that names a user who may ${BY_CERTIFICATE}`, {
    cause,
  })
