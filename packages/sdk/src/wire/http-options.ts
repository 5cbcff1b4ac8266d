import { HufuError } from '@hufu/wire'
import { asProvider, type Credentials, type CredentialsProvider } from '../credentials/credentials.ts'
import { namedCertificate } from '../http/client-certificate.ts'
import { Connection, type ConnectionOptions } from '../http/connection.ts'
import type { ApiOptions } from './aws-api.ts'

export interface HttpOptions extends ConnectionOptions {
  /**
   * What requests are signed with. Without them a client certificate is the proof: that of `certificateFile` and
   * `keyFile`, or of HUFU_CLIENT_CERT and HUFU_CLIENT_KEY.
   */
  readonly credentials?: Credentials | CredentialsProvider
  readonly region: string
  /**
   * Tries of one call that may fail, 3 unless told. With more than 1, who asks too often waits for its turn within the
   * deadline.
   */
  readonly attempts?: number
  /** Milliseconds for one call with all its tries, 10,000 unless told. */
  readonly deadline?: number
  /** Sent and signed with every request. */
  readonly headers?: Readonly<Record<string, string>>
}

const ATTEMPTS = 3
const DEADLINE = 10_000

/** Opens the connection and fills in what was not told. Throws `MissingAuthentication` where there is no proof of who asks. */
export function apiOptions(options: HttpOptions): ApiOptions {
  const { credentials, region, attempts = ATTEMPTS, deadline = DEADLINE, headers = {} } = options
  const certificate = namedCertificate(options, credentials === undefined ? process.env : {})
  if (credentials === undefined && certificate === null)
    throw new HufuError('MissingAuthentication', 'expected credentials or a client certificate, received neither')
  return {
    connection: new Connection({ ...options, ...certificate }),
    credentials: credentials === undefined ? null : asProvider(credentials),
    region,
    attempts,
    deadline,
    headers: { 'user-agent': 'hufu-sdk/0.1', ...headers },
  }
}
