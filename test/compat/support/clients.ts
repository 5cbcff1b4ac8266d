import { execFile } from 'node:child_process'
import type { Agent } from 'node:https'
import { promisify } from 'node:util'
import { KMSClient } from '@aws-sdk/client-kms'
import { kms as tencentKms } from 'tencentcloud-sdk-nodejs/tencentcloud/services/kms/index.js'
import { type KmsServer, REGION } from './kms-server.ts'
import { paced } from './paced.ts'

const run = promisify(execFile)

type TencentClient = InstanceType<typeof tencentKms.v20190118.Client>
export interface TencentProfile {
  readonly reqMethod?: 'GET' | 'POST'
  readonly signMethod?: 'TC3-HMAC-SHA256' | 'HmacSHA256' | 'HmacSHA1'
  /** Host, port and path prefix; the server's own host and port when absent. */
  readonly endpoint?: string
  readonly protocol?: 'http://' | 'https://'
  /** What opens the connections, where it must trust a certificate of the test's own. */
  readonly agent?: Agent
}

export const awsOptions = ({ server, root }: Pick<KmsServer, 'server' | 'root'>) => ({
  endpoint: server.url,
  region: REGION,
  credentials: { accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey },
  maxAttempts: 1,
})

export const awsClient = (server: Pick<KmsServer, 'server' | 'root'>): KMSClient => new KMSClient(awsOptions(server))

export function tencentClient({ server, root }: KmsServer, profile: TencentProfile = {}): TencentClient {
  const { reqMethod = 'POST', signMethod = 'TC3-HMAC-SHA256', endpoint = server.url.slice('http://'.length) } = profile
  const { protocol = 'http://', agent } = profile
  const client = new tencentKms.v20190118.Client({
    credential: { secretId: root.accessKeyId, secretKey: root.secretAccessKey },
    region: REGION,
    profile: {
      signMethod,
      httpProfile: { protocol, endpoint, reqMethod, ...(agent === undefined ? {} : { agent }) },
    },
  })
  return paced(client)
}

/** The unmodified `aws` command: its parsed JSON, or an error whose message is what it printed. */
export async function awsKms({ server, root }: KmsServer, ...args: string[]): Promise<Record<string, unknown>> {
  const { PATH, HOME } = process.env
  const env = {
    PATH,
    HOME,
    AWS_ACCESS_KEY_ID: root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
  }
  const options = ['--endpoint-url', server.url, '--output', 'json']
  const { stdout } = await run('aws', ['kms', ...args, ...options], { env })
  return stdout === '' ? {} : JSON.parse(stdout)
}
