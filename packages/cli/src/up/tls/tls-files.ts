import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import type { Settings } from '../settings.ts'
import type { Certified } from './certificate-authority.ts'
import { givenTls } from './given-tls.ts'

type TlsSettings = Pick<Settings, 'tls' | 'tlsCert' | 'tlsKey' | 'host'>

/** Certificate and key in PEM, given or of the own authority; null for a KMS without TLS. */
export async function tlsFiles(settings: TlsSettings, data: string): Promise<Certified | null> {
  if (settings.tls === undefined) return givenTls(settings)
  if (settings.tlsCert !== undefined || settings.tlsKey !== undefined)
    throw new CliError(exitCode.usage, 'expected one certificate', 'give --tls own, or --tls-cert and --tls-key')
  // Who makes certificates is loaded only here.
  const { ownTls } = await import('./own-tls.ts')
  return ownTls(data, settings.host, Date.now())
}
