import { asProvider, type Credentials, type CredentialsProvider } from '../credentials/credentials.ts'
import { Connection, type ConnectionOptions } from '../http/connection.ts'
import type { ApiOptions } from './aws-api.ts'

export interface HttpOptions extends ConnectionOptions {
  readonly credentials: Credentials | CredentialsProvider
  readonly region: string
  /** Tries of one call, 3 unless told. */
  readonly attempts?: number
  /** Milliseconds for one call with all its tries, 10,000 unless told. */
  readonly deadline?: number
  /** Sent and signed with every request. */
  readonly headers?: Readonly<Record<string, string>>
}

const ATTEMPTS = 3
const DEADLINE = 10_000

/** Opens the connection and fills in what was not told. */
export function apiOptions(options: HttpOptions): ApiOptions {
  const { credentials, region, attempts = ATTEMPTS, deadline = DEADLINE, headers = {} } = options
  return {
    connection: new Connection(options),
    credentials: asProvider(credentials),
    region,
    attempts,
    deadline,
    headers: { 'user-agent': 'hufu-sdk/0.1', ...headers },
  }
}
