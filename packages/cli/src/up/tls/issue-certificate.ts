import { X509Certificate } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { newClientCertificate } from './certificate-authority.ts'
import { IssuedCertificates } from './issued-certificates.ts'
import { DAY, endOf, heldPair, writePair } from './kept-pair.ts'
import { EARLIER } from './own-authority.ts'

export interface CertifiedUser {
  readonly arn: string
  readonly name: string
}

/** Where a certificate and its key were written. */
export interface Issued {
  readonly serial: string
  readonly user: string
  /** ISO 8601. */
  readonly to: string
  readonly certificate: string
  readonly key: string
}

/**
 * A client certificate by the authority of a data directory, for so many days, as `NAME.pem` and `NAME-key.pem` of a
 * folder; a pair that was there is replaced. The directory knows of it before anybody can use it. Throws `CliError`.
 */
export async function issueCertificate(data: string, user: CertifiedUser, days: number, out: string): Promise<Issued> {
  const authority = await heldPair(data, 'clients')
  if (authority === null)
    throw new CliError(
      exitCode.notFound,
      `there is no authority of clients in ${data}`,
      'a start makes one: hufu up --tls own --tls-client-ca own',
    )
  const now = Date.now()
  const to = Math.min(now + days * DAY, endOf(authority))
  const made = await newClientCertificate(authority, user, { from: now - EARLIER, to })
  await new IssuedCertificates(data).add(made.cert)
  await mkdir(out, { recursive: true, mode: 0o700 })
  const { cert: certificate, key } = await writePair(out, user.name, made)
  const { serialNumber: serial, validTo } = new X509Certificate(made.cert)
  return { serial, user: user.arn, to: new Date(validTo).toISOString(), certificate, key }
}
