import { type HttpAuthority, httpAuthority } from '@hufu/sdk'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import type { SystemCredentials } from '../system/credentials-file.ts'
import { findSystem, httpOptions } from '../system/find-system.ts'
import type { Settings } from './settings.ts'

interface Remote {
  readonly authority: HttpAuthority
  readonly credentials: SystemCredentials
}

/** The KMS of a proxy alone, which must answer and know the proxy's own access key. */
export async function remoteAuthority({ kmsEndpoint, region, ca }: Settings, data: string): Promise<Remote> {
  const given = { ...(kmsEndpoint === undefined ? {} : { endpoint: kmsEndpoint }), ...(ca === undefined ? {} : { ca }) }
  const { trust, ...system } = await findSystem({ data, ...given })
  const credentials = { ...system, region }
  const { accessKeyId } = credentials
  const authority = httpAuthority({
    ...httpOptions({ ...credentials, ...(trust === undefined ? {} : { trust }) }),
    via: 's3',
  })
  try {
    const scope = { date: new Date().toISOString().slice(0, 10).replaceAll('-', ''), region, service: 's3' }
    if ((await authority.signer(accessKeyId, scope)) !== null) return { authority, credentials }
    throw new CliError(
      exitCode.denied,
      `the KMS at ${system.kmsEndpoint} does not know the access key ${accessKeyId}`,
      'give the credentials of that KMS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or its credentials.json below --data',
    )
  } catch (error) {
    await authority.close()
    throw error
  }
}
