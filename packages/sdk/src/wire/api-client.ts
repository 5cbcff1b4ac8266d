import { type ApiCall, AwsApi } from './aws-api.ts'
import { apiOptions, type HttpOptions } from './http-options.ts'
import { TencentApi } from './tencent-api.ts'

export interface ApiClientOptions extends HttpOptions {
  readonly wire: 'aws' | 'tencent'
}

/** Any action of an API, by its name and with its parameters as that API's documents have them. */
export interface ApiClient {
  /** The answer as received. Throws `HufuError`. */
  call(action: string, parameters: object, call?: ApiCall): Promise<unknown>
  close(): Promise<void>
}

export function apiClient({ wire, ...http }: ApiClientOptions): ApiClient {
  const options = apiOptions(http)
  const api = wire === 'aws' ? new AwsApi(options) : new TencentApi(options)
  return {
    call: (action, parameters, call) => api.call(action, parameters, call),
    close: () => options.connection.close(),
  }
}
