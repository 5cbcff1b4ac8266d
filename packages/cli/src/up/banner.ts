import { credentialsFile } from '../system/credentials-file.ts'
import type { RunningSystem } from './start-system.ts'

/** What a start prints: where everything is, and the lines to paste. */
export function banner({ data, token, credentials }: RunningSystem): string {
  const { accessKeyId, secretAccessKey, region, kmsEndpoint, s3Endpoint, caFile } = credentials
  const sayings = [
    'Hufu is ready.',
    '',
    ...(token === null ? [] : [`  keys     ${token}`]),
    `  KMS      ${kmsEndpoint}`,
    ...(s3Endpoint === undefined ? [] : [`  S3       ${s3Endpoint}`]),
    `  data     ${data}`,
    ...(token === null ? [] : [`  login    ${credentialsFile(data)}, for your eyes only`]),
    '',
    'Paste into a shell:',
    '',
    ...(accessKeyId === undefined ? [] : accessKeyLines(accessKeyId, secretAccessKey)),
    `  export AWS_DEFAULT_REGION=${region}`,
    ...(caFile === undefined ? [] : [`  export AWS_CA_BUNDLE=${caFile} NODE_EXTRA_CA_CERTS=${caFile}`]),
    '',
    ...(s3Endpoint === undefined ? [] : s3Lines(s3Endpoint)),
    `  aws --endpoint-url ${kmsEndpoint} kms create-key`,
    `  aws --endpoint-url ${kmsEndpoint} kms list-keys`,
    '',
    'aws-cli 2.13 and newer need no --endpoint-url after:',
    '',
    ...(s3Endpoint === undefined ? [] : [`  export AWS_ENDPOINT_URL_S3=${s3Endpoint}`]),
    `  export AWS_ENDPOINT_URL_KMS=${kmsEndpoint}`,
    '',
  ]
  return sayings.join('\n')
}

const accessKeyLines = (id: string, secret = ''): string[] => [
  `  export AWS_ACCESS_KEY_ID=${id}`,
  `  export AWS_SECRET_ACCESS_KEY=${secret}`,
]

const s3Lines = (endpoint: string): string[] => [
  `  aws --endpoint-url ${endpoint} s3 mb s3://films`,
  `  aws --endpoint-url ${endpoint} s3 cp README.md s3://films/`,
  `  aws --endpoint-url ${endpoint} s3 ls s3://films/`,
]
