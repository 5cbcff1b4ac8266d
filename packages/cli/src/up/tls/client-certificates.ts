import type { RevokedSerials } from '@hufu/server'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import type { Settings } from '../settings.ts'
import { IssuedCertificates } from './issued-certificates.ts'
import { readCa } from './read-ca.ts'
import { revokedSerials } from './revoked-serials.ts'

type ClientSettings = Pick<Settings, 'tls' | 'tlsCert' | 'tlsClientCa' | 'tlsRevoked'>

interface ClientCertificates {
  /** In PEM. */
  readonly tls: { readonly clientCa?: string }
  readonly revoked: { readonly revoked?: RevokedSerials }
}

/** Which client certificates the KMS of a data directory believes; none unless told. Throws `CliError`. */
export async function clientCertificates(settings: ClientSettings, data: string): Promise<ClientCertificates> {
  const { tls, tlsCert, tlsClientCa, tlsRevoked } = settings
  if (tlsClientCa === undefined && tlsRevoked === undefined) return { tls: {}, revoked: {} }
  if (tlsClientCa === undefined)
    throw new CliError(exitCode.usage, 'expected a CA with the revoked certificates', 'give --tls-client-ca FILE too')
  if (tls === undefined && tlsCert === undefined)
    throw new CliError(
      exitCode.usage,
      'expected https where clients show certificates',
      'give --tls own, or --tls-cert and --tls-key',
    )
  if (tlsClientCa === 'own') return ownClients(data, tlsRevoked)
  const revoked = tlsRevoked === undefined ? {} : { revoked: await revokedSerials(tlsRevoked) }
  return { tls: { clientCa: await readCa(tlsClientCa, '--tls-client-ca') }, revoked }
}

/** The authority of the data directory, with its own list of what was revoked. */
async function ownClients(data: string, otherList: string | undefined): Promise<ClientCertificates> {
  if (otherList !== undefined)
    throw new CliError(
      exitCode.usage,
      'expected no list of revoked certificates with --tls-client-ca own, which keeps one',
      'leave --tls-revoked out, and revoke with: hufu tls revoke SERIAL',
    )
  // Who makes certificates is loaded only here.
  const { ownAuthority } = await import('./own-authority.ts')
  const { cert: clientCa } = await ownAuthority(data, 'clients', Date.now())
  const revoked = await revokedSerials(await new IssuedCertificates(data).revokedList())
  return { tls: { clientCa }, revoked: { revoked } }
}
