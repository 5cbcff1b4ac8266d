import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { certificateDoubt, HufuError } from '@hufu/wire'

/** Files with certificate authorities in PEM. */
export interface CaFiles {
  /** What the caller named. */
  readonly named?: string | undefined
  /** What the start of a Hufu wrote into its credentials.json. */
  readonly written?: string | undefined
}

/**
 * PEM of the certificate authorities that a Hufu's certificate must be of: the file that was named, else that of
 * HUFU_CA, else the one that its start wrote; undefined for those of the system. Throws `InvalidParameter`.
 */
export function trustedCa({ named, written }: CaFiles = {}, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const file = named || env.HUFU_CA || written
  if (file === undefined || file === '') return undefined
  try {
    const pem = readFileSync(file, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    throw new HufuError('InvalidParameter', `expected a CA's certificate in PEM in ${file}`, { cause })
  }
}

/** The same for a client of that endpoint, as its options have it; nothing for one without TLS. */
export function trustOf(endpoint: string, files?: CaFiles, env?: NodeJS.ProcessEnv): { readonly ca?: string } {
  const ca = endpoint.startsWith('https:') ? trustedCa(files, env) : undefined
  return ca === undefined ? {} : { ca }
}

/** What a server of TLS says of a client certificate that it does not take, or misses. */
const REFUSALS =
  /^ERR_SSL_(SSLV3_ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|SSLV3_ALERT_CERTIFICATE_|TLSV1_ALERT_(UNKNOWN_CA|ACCESS_DENIED)|TLSV13_ALERT_CERTIFICATE_REQUIRED)/

/**
 * Why a request to that host got no answer: `CertificateNotTrusted` or `CertificateRefused`, which no later try will
 * mend, or `Unavailable`.
 */
export function unanswered(host: string, cause: unknown): HufuError {
  const doubt = certificateDoubt(cause)
  if (doubt !== null)
    return new HufuError('CertificateNotTrusted', `the certificate of ${host} is not trusted (${doubt})`, { cause })
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  if (REFUSALS.test(code))
    return new HufuError('CertificateRefused', `${host} takes no client certificate like this (${code})`, { cause })
  return new HufuError('Unavailable', `no answer from ${host}${code === '' ? '' : ` (${code})`}`, { cause })
}
