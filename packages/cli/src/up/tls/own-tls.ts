import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { writeWholeFile } from '../../system/whole-file.ts'
import { type Certified, newAuthority, newServerCertificate } from './certificate-authority.ts'

const DAY = 86_400_000
const AUTHORITY_DAYS = 3_650
const SERVER_DAYS = 90
/** A certificate with less left is replaced. */
const LEFT_DAYS = 30
/** For clients whose clocks are behind. */
const EARLIER = DAY

/**
 * The KMS's certificate of its own authority: both are made at the first start and kept in `tls/` of the data
 * directory; the certificate is made anew when it is about to end, or the names are others.
 */
export async function ownTls(data: string, host: string, now: number): Promise<Certified> {
  await mkdir(join(data, 'tls'), { recursive: true, mode: 0o700 })
  const authority = await kept(
    data,
    'ca',
    (held) => left(held, now) > LEFT_DAYS,
    async () => newAuthority({ from: now - EARLIER, to: now + AUTHORITY_DAYS * DAY }),
  )
  const names = namesOf(host)
  const serves = (held: Certified): boolean =>
    left(held, now) > LEFT_DAYS && issued(held, authority) && names.every((name) => covers(held, name))
  return kept(data, 'server', serves, async () => {
    const end = Math.min(now + SERVER_DAYS * DAY, endOf(authority))
    return newServerCertificate(authority, names, { from: now - EARLIER, to: end })
  })
}

/** The pair of files of that name, if it is good; otherwise a new one in their place. */
async function kept(
  data: string,
  name: string,
  good: (held: Certified) => boolean,
  make: () => Promise<Certified>,
): Promise<Certified> {
  const [certFile, keyFile] = [join(data, 'tls', `${name}.pem`), join(data, 'tls', `${name}-key.pem`)]
  const held = await read(certFile, keyFile)
  if (held !== null && matches(held) && good(held)) return held
  const made = await make()
  await writeWholeFile(keyFile, made.key, 0o600)
  await writeWholeFile(certFile, made.cert, 0o644)
  return made
}

async function read(certFile: string, keyFile: string): Promise<Certified | null> {
  try {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** A start that was cut off between the two files leaves a pair that is none. */
const matches = ({ cert, key }: Certified): boolean => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))

const endOf = ({ cert }: Certified): number => Date.parse(new X509Certificate(cert).validTo)

const left = (held: Certified, now: number): number => (endOf(held) - now) / DAY

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
