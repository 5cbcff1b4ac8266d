import {
  awsCredentials,
  type ClientCertificateFiles,
  type Credentials,
  type HttpOptions,
  namedCertificate,
  profileCredentials,
  trustedCa,
} from '@hufu/sdk'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { credentialsFile, readCredentials, type SystemCredentials } from './credentials-file.ts'
import { dataDirectory } from './data-directory.ts'

export interface Whereabouts {
  readonly data?: string
  readonly endpoint?: string
  readonly region?: string
  /** The file of the CA that certificates must be of. */
  readonly ca?: string
  /** The files of the client certificate and its key. */
  readonly clientCert?: string
  readonly clientKey?: string
}

/** Where a running system is. */
export interface Address extends Omit<SystemCredentials, 'accessKeyId' | 'secretAccessKey'> {
  /** An access key; undefined where only a client certificate is known. */
  readonly credentials?: Credentials
}

/** A running system as a client reaches it. */
export interface System extends Address {
  /** PEM of the certificate authorities to trust; those of Node when absent. */
  readonly trust?: string
  /** What proves to the KMS who asks, where there is one; without it requests are signed. */
  readonly certificate?: ClientCertificateFiles
}

/** What every client of the SDK is told of a system. */
export const httpOptions = ({ kmsEndpoint, region, credentials, trust, certificate }: System): HttpOptions => ({
  endpoint: kmsEndpoint,
  region,
  ...(certificate ?? (credentials === undefined ? {} : { credentials })),
  ...(trust === undefined ? {} : { ca: trust }),
})

/**
 * The system with whom to trust: the CA's file named, that of HUFU_CA, or the one that its start wrote; and with what
 * proves who asks. Throws `HufuError`.
 */
export function trusting(system: Address, named: Whereabouts, env = process.env): System {
  const secure = [system.kmsEndpoint, system.s3Endpoint].some((url) => url?.startsWith('https:'))
  const trust = secure ? trustedCa({ named: named.ca, written: system.caFile }, env) : undefined
  const certificate = certificateNamed(named, env)
  return {
    ...system,
    ...(trust === undefined ? {} : { trust }),
    ...(certificate === null ? {} : { certificate }),
  }
}

const certificateNamed = ({ clientCert, clientKey }: Whereabouts, env: NodeJS.ProcessEnv) =>
  namedCertificate({ certificateFile: clientCert, keyFile: clientKey }, env)

/**
 * The running system: of the endpoint, with the client certificate or the credentials of the environment, or of the profile
 * that it names, where there are some; otherwise the one whose data directory is given, by option or HUFU_DATA.
 */
export const findSystem = async (where: Whereabouts, env: NodeJS.ProcessEnv = process.env): Promise<System> =>
  trusting(await find(where, env), where, env)

async function find(where: Whereabouts, env: NodeJS.ProcessEnv): Promise<Address> {
  const endpoint = where.endpoint ?? (where.data === undefined ? env.HUFU_ENDPOINT : undefined)
  const own = endpoint === undefined ? null : (awsCredentials(env) ?? (await profileOf(env)))
  const region = where.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  if (endpoint !== undefined && (own !== null || certificateNamed(where, env) !== null)) {
    const credentials = own === null ? {} : { credentials: own }
    return { ...credentials, region: region ?? 'local-1', kmsEndpoint: checked(endpoint) }
  }
  const written = addressOf(await readCredentials(credentialsFile(dataDirectory(where.data, env))))
  return {
    ...written,
    ...(endpoint === undefined ? {} : { kmsEndpoint: checked(endpoint) }),
    ...(where.region === undefined ? {} : { region: where.region }),
  }
}

/** Of what a start wrote. */
export const addressOf = ({ accessKeyId, secretAccessKey, ...address }: SystemCredentials): Address => ({
  ...address,
  credentials: { accessKeyId, secretAccessKey },
})

/** Only one that is named: the default one is most likely for another system. */
const profileOf = async (env: NodeJS.ProcessEnv): Promise<Credentials | null> =>
  env.AWS_PROFILE ? profileCredentials(env, env.AWS_PROFILE) : null

function checked(endpoint: string): string {
  if (URL.canParse(endpoint) && /^https?:/.test(endpoint)) return endpoint.replace(/\/$/, '')
  throw new CliError(
    exitCode.usage,
    `expected an http(s) URL, received ${endpoint}`,
    '--endpoint http://127.0.0.1:7350',
  )
}
