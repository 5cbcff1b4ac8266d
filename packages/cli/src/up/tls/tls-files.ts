import type { Logger } from 'pino'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import type { Settings } from '../settings.ts'
import type { Certified } from './certificate-authority.ts'
import { givenTls } from './given-tls.ts'
import { LiveCertificate } from './live-certificate.ts'

type TlsSettings = Pick<Settings, 'tls' | 'tlsCert' | 'tlsKey' | 'host'>

/** The certificate that all listeners are served with; null for a system without TLS. Throws `CliError`. */
export async function liveCertificate(
  settings: TlsSettings,
  data: string,
  log: Logger,
): Promise<LiveCertificate | null> {
  const first = await tlsFiles(settings, data)
  if (first === null) return null
  return new LiveCertificate(first, async () => (await tlsFiles(settings, data)) ?? first, log)
}

/** Certificate and key in PEM, given or of the own authority; null for a system without TLS. */
async function tlsFiles(settings: TlsSettings, data: string): Promise<Certified | null> {
  if (settings.tls === undefined) return givenTls(settings)
  if (settings.tlsCert !== undefined || settings.tlsKey !== undefined)
    throw new CliError(exitCode.usage, 'expected one certificate', 'give --tls own, or --tls-cert and --tls-key')
  // Who makes certificates is loaded only here.
  const { ownTls } = await import('./own-tls.ts')
  return ownTls(data, settings.host, Date.now())
}
