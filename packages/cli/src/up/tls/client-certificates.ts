import type { RevokedSerials } from '@hufu/server'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import type { Settings } from '../settings.ts'
import { readCa } from './read-ca.ts'
import { revokedSerials } from './revoked-serials.ts'

type ClientSettings = Pick<Settings, 'tls' | 'tlsCert' | 'tlsClientCa' | 'tlsRevoked'>

interface ClientCertificates {
  /** In PEM. */
  readonly tls: { readonly clientCa?: string }
  readonly revoked: { readonly revoked?: RevokedSerials }
}

/** Which client certificates the KMS believes; none unless told. Throws `CliError`. */
export async function clientCertificates(settings: ClientSettings): Promise<ClientCertificates> {
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
  const revoked = tlsRevoked === undefined ? {} : { revoked: await revokedSerials(tlsRevoked) }
  return { tls: { clientCa: await readCa(tlsClientCa, '--tls-client-ca') }, revoked }
}
