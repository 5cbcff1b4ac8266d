import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { type Certified, newServerCertificate } from './certificate-authority.ts'
import { DAY, endOf, keptPair, LEFT_DAYS, left } from './kept-pair.ts'
import { EARLIER, ownAuthority } from './own-authority.ts'

const SERVER_DAYS = 90

/**
 * The KMS's certificate of its own authority: both are made at the first start and kept in `tls/` of the data
 * directory; the certificate is made anew when it is about to end, or the names are others.
 */
export async function ownTls(data: string, host: string, now: number): Promise<Certified> {
  const authority = await ownAuthority(data, 'ca', now)
  const names = namesOf(host)
  const serves = (held: Certified): boolean =>
    left(held, now) > LEFT_DAYS && issued(held, authority) && names.every((name) => covers(held, name))
  return keptPair(data, 'server', serves, async () => {
    const end = Math.min(now + SERVER_DAYS * DAY, endOf(authority))
    return newServerCertificate(authority, names, { from: now - EARLIER, to: end })
  })
}

const issued = ({ cert }: Certified, authority: Certified): boolean =>
  new X509Certificate(cert).verify(new X509Certificate(authority.cert).publicKey)

function covers({ cert }: Certified, name: string): boolean {
  const certificate = new X509Certificate(cert)
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
}

/** What clients may call this machine: by loopback, by the address that is listened on, or by any that it has. */
function namesOf(host: string): string[] {
  const everywhere = host === '0.0.0.0' || host === '::'
  const all = Object.values(networkInterfaces()).flatMap((found = []) => found.map(({ address }) => address))
  const others = everywhere ? [hostname(), ...all.filter((address) => !address.startsWith('fe80'))] : [host]
  return [...new Set(['localhost', '127.0.0.1', '::1', ...others])]
}
