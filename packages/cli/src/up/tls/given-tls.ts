import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import type { Settings } from '../settings.ts'
import type { Certified } from './certificate-authority.ts'

/** Certificate and key in PEM, or null for a system without TLS. Throws `CliError` when they can not be served. */
export async function givenTls({ tlsCert, tlsKey }: Pick<Settings, 'tlsCert' | 'tlsKey'>): Promise<Certified | null> {
  if (tlsCert === undefined && tlsKey === undefined) return null
  if (tlsCert === undefined || tlsKey === undefined)
    throw new CliError(
      exitCode.usage,
      'expected a certificate and its key',
      'give both: --tls-cert FILE --tls-key FILE',
    )
  const pair = { cert: await read(tlsCert), key: await read(tlsKey) }
  check(pair, tlsCert, tlsKey)
  return pair
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause) => {
    throw refused(`can not read ${file}: ${cause.code}`, cause)
  })

function check({ cert, key }: Certified, certFile: string, keyFile: string): void {
  const certificate = parsed(certFile, 'a certificate', () => new X509Certificate(cert))
  const privateKey = parsed<KeyObject>(keyFile, 'a private key without a passphrase', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw refused(`the key in ${keyFile} is not that of ${certFile}`)
  if (Date.parse(certificate.validTo) <= Date.now())
    throw refused(`the certificate in ${certFile} ended on ${certificate.validTo}`)
  parsed(certFile, 'certificates that OpenSSL takes', () => createSecureContext({ cert, key, minVersion: 'TLSv1.2' }))
}

function parsed<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw refused(`expected ${what} in PEM in ${file}`, cause)
  }
}

const refused = (message: string, cause?: unknown): CliError =>
  new CliError(exitCode.cannotStart, message, 'name readable PEM files that belong together', { cause })
