import { type HttpAuthority, httpAuthority } from '@hufu/sdk'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { queryCall } from '../identity/query-call.ts'
import { type Address, findSystem, httpOptions, type System, type Whereabouts } from '../system/find-system.ts'
import type { Settings } from './settings.ts'

interface Remote {
  readonly authority: HttpAuthority
  readonly address: Address
}

/** The KMS of a proxy alone, which must answer and know the proxy's own access key or client certificate. */
export async function remoteAuthority(settings: Settings, data: string): Promise<Remote> {
  const system = { ...(await findSystem(whereabouts(settings, data))), region: settings.region }
  const authority = httpAuthority({ ...httpOptions(system), via: 's3' })
  try {
    await checkProof(system, authority)
    const { trust: _, certificate, credentials, ...address } = system
    return { authority, address: certificate === undefined && credentials ? { ...address, credentials } : address }
  } catch (error) {
    await authority.close()
    throw error
  }
}

const whereabouts = ({ kmsEndpoint, ca, clientCert, clientKey }: Settings, data: string): Whereabouts => ({
  data,
  ...(kmsEndpoint === undefined ? {} : { endpoint: kmsEndpoint }),
  ...(ca === undefined ? {} : { ca }),
  ...(clientCert === undefined ? {} : { clientCert }),
  ...(clientKey === undefined ? {} : { clientKey }),
})

/** Throws what says that the proxy is nobody there. */
async function checkProof(system: System, authority: HttpAuthority): Promise<void> {
  const { region, certificate, credentials } = system
  if (certificate !== undefined || credentials === undefined) {
    await queryCall(system, 'sts', 'GetCallerIdentity')
    return
  }
  const scope = { date: new Date().toISOString().slice(0, 10).replaceAll('-', ''), region, service: 's3' }
  if ((await authority.signer(credentials.accessKeyId, scope)) !== null) return
  throw new CliError(
    exitCode.denied,
    `the KMS at ${system.kmsEndpoint} does not know the access key ${credentials.accessKeyId}`,
    'give the credentials of that KMS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or its credentials.json below --data',
  )
}
