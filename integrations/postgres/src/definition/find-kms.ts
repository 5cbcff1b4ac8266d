import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  awsCredentials,
  type ClientCertificateFiles,
  httpKeyService,
  namedCertificate,
  proofOf,
  trustOf,
} from '@hufu/sdk'
import { HufuError, type KeyService } from '@hufu/wire'
import { z } from 'zod'

/** Where a KMS is reached, with whose credentials or client certificate. */
export interface KmsAddress extends Partial<ClientCertificateFiles> {
  readonly endpoint: string
  /** Without them the client certificate is the proof. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly region?: string
  /** PEM of the certificate authorities to trust instead of the system's; of the file that HUFU_CA names unless told. */
  readonly ca?: string
}

const written = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  region: z.string(),
  kmsEndpoint: z.url(),
  caFile: z.string().optional(),
})

const isService = (kms: KeyService | KmsAddress): kms is KeyService => 'generateDataKey' in kms

/**
 * The key service: as given; at an address; or, when neither is given, that of `HUFU_ENDPOINT` with the client
 * certificate of `HUFU_CLIENT_CERT` or the credentials of `AWS_ACCESS_KEY_ID`, or that of the credentials.json below
 * `HUFU_DATA`.
 */
export function findKms(kms: KeyService | KmsAddress | undefined, env: NodeJS.ProcessEnv = process.env): KeyService {
  if (kms !== undefined && isService(kms)) return kms
  return httpKeyService({ region: 'local-1', ...(kms ?? addressOf(env)) })
}

function addressOf(env: NodeJS.ProcessEnv): KmsAddress {
  const { HUFU_ENDPOINT, HUFU_DATA, AWS_REGION } = env
  const certificate = namedCertificate({}, env)
  if (HUFU_ENDPOINT && certificate !== null)
    return { endpoint: HUFU_ENDPOINT, ...certificate, region: AWS_REGION ?? 'local-1' }
  const credentials = awsCredentials(env)
  if (HUFU_ENDPOINT && credentials !== null)
    return { endpoint: HUFU_ENDPOINT, credentials, region: AWS_REGION ?? 'local-1' }
  const file = join(HUFU_DATA ?? '.hufu', 'credentials.json')
  const { accessKeyId, secretAccessKey, region, kmsEndpoint, caFile: written } = readCredentials(file)
  const endpoint = HUFU_ENDPOINT ?? kmsEndpoint
  const proof = proofOf({ accessKeyId, secretAccessKey }, {}, env)
  return { endpoint, ...proof, region, ...trustOf(endpoint, { written }, env) }
}

function readCredentials(file: string): z.output<typeof written> {
  try {
    return written.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new HufuError(
      'MissingAuthentication',
      `expected a KMS: kms in defineEncryption, HUFU_ENDPOINT with AWS_ACCESS_KEY_ID or HUFU_CLIENT_CERT, or ${file}`,
      { cause },
    )
  }
}
