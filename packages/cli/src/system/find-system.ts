import { resolve } from 'node:path'
import { type HttpOptions, trustedCa } from '@hufu/sdk'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { credentialsFile, readCredentials, type SystemCredentials } from './credentials-file.ts'

export interface Whereabouts {
  readonly data?: string
  readonly endpoint?: string
  readonly region?: string
  /** The file of the CA that certificates must be of. */
  readonly ca?: string
}

/** A running system as a client reaches it. */
export interface System extends SystemCredentials {
  /** PEM of the certificate authorities to trust; those of the system when absent. */
  readonly trust?: string
}

/** What every client of the SDK is told of a system. */
export const httpOptions = ({ kmsEndpoint, region, accessKeyId, secretAccessKey, trust }: System): HttpOptions => ({
  endpoint: kmsEndpoint,
  region,
  credentials: { accessKeyId, secretAccessKey },
  ...(trust === undefined ? {} : { ca: trust }),
})

/** The system with whom to trust: the file named, that of HUFU_CA, or the one that its start wrote. Throws `HufuError`. */
export function trusting(system: SystemCredentials, named: string | undefined, env = process.env): System {
  const secure = [system.kmsEndpoint, system.s3Endpoint].some((url) => url?.startsWith('https:'))
  const trust = secure ? trustedCa({ named, written: system.caFile }, env) : undefined
  return trust === undefined ? system : { ...system, trust }
}

/**
 * The running system: of the endpoint, with the credentials of the environment where it has some; otherwise the
 * one whose data directory is given, by option or HUFU_DATA.
 */
export const findSystem = async (where: Whereabouts, env: NodeJS.ProcessEnv = process.env): Promise<System> =>
  trusting(await find(where, env), where.ca, env)

async function find(where: Whereabouts, env: NodeJS.ProcessEnv): Promise<SystemCredentials> {
  const endpoint = where.endpoint ?? (where.data === undefined ? env.HUFU_ENDPOINT : undefined)
  const fromEnvironment = environmentCredentials(env)
  const region = where.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  if (endpoint !== undefined && fromEnvironment !== null)
    return { ...fromEnvironment, region: region ?? 'local-1', kmsEndpoint: checked(endpoint) }
  const written = await readCredentials(credentialsFile(resolve(where.data ?? env.HUFU_DATA ?? '.hufu')))
  return {
    ...written,
    ...(endpoint === undefined ? {} : { kmsEndpoint: checked(endpoint) }),
    ...(where.region === undefined ? {} : { region: where.region }),
  }
}

function environmentCredentials({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: NodeJS.ProcessEnv) {
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return null
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
}

function checked(endpoint: string): string {
  if (URL.canParse(endpoint) && /^https?:/.test(endpoint)) return endpoint.replace(/\/$/, '')
  throw new CliError(
    exitCode.usage,
    `expected an http(s) URL, received ${endpoint}`,
    '--endpoint http://127.0.0.1:7350',
  )
}
