import { Agent } from 'node:https'
import { S3Client } from '@aws-sdk/client-s3'
import { trustedCa } from '@hufu/sdk'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { findSystem, type Whereabouts } from '../system/find-system.ts'

/** Objects of one bucket, and who has them. */
export interface S3Place {
  readonly bucket: string
  /** What their keys begin with; empty for all. */
  readonly prefix: string
}

export interface S3Options extends Whereabouts {
  readonly s3Endpoint?: string
}

const URL_FORM = /^s3:\/\/([^/]+)(?:\/(.*))?$/s

/** The objects that `s3://BUCKET/PREFIX` names. Throws `CliError`. */
export function s3Place(url: string): S3Place {
  const [, bucket, prefix = ''] = URL_FORM.exec(url) ?? []
  if (bucket !== undefined) return { bucket, prefix }
  throw new CliError(exitCode.usage, `expected s3://BUCKET/PREFIX, received ${url}`, 's3://BUCKET for all its objects')
}

/** A client of the endpoint named, with the credentials that AWS's tools would use; otherwise of the running system's proxy, with its own. */
export async function s3Client(options: S3Options): Promise<S3Client> {
  // That the SDK will want a newer Node one day is nothing that who types this command can change.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const common = { forcePathStyle: true, logger: SILENT }
  if (options.s3Endpoint !== undefined)
    return new S3Client({
      ...common,
      ...trusted(options.s3Endpoint, trustedCa({ named: options.ca })),
      endpoint: options.s3Endpoint,
      region: options.region ?? regionOf(process.env),
    })
  const { s3Endpoint: endpoint, region, credentials, trust } = await findSystem(options)
  if (endpoint !== undefined && credentials !== undefined)
    return new S3Client({ ...common, ...trusted(endpoint, trust), endpoint, region, credentials })
  throw new CliError(exitCode.usage, 'the running hufu has no S3 proxy', 'name an S3 endpoint with --s3-endpoint')
}

const trusted = (endpoint: string, ca: string | undefined) =>
  ca === undefined || !endpoint.startsWith('https:') ? {} : { requestHandler: { httpsAgent: new Agent({ ca }) } }

const regionOf = ({ AWS_REGION, AWS_DEFAULT_REGION }: NodeJS.ProcessEnv): string =>
  AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1'

const none = (): void => {}
/** What fails is told by its error. */
const SILENT = { trace: none, debug: none, info: none, warn: none, error: none }
