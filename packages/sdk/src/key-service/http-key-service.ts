import type { KeyService } from '@hufu/wire'
import { AwsApi } from '../wire/aws-api.ts'
import { apiOptions, type HttpOptions } from '../wire/http-options.ts'
import { TencentApi } from '../wire/tencent-api.ts'
import { awsKeyService } from './aws-key-service.ts'
import { tencentKeyService } from './tencent-key-service.ts'

export interface HttpKeyServiceOptions extends HttpOptions {
  /** Which API the endpoint speaks; Hufu speaks both. `aws` unless told. */
  readonly wire?: 'aws' | 'tencent'
}

/** A key service that holds connections. */
export interface HttpKeyService extends KeyService {
  close(): Promise<void>
}

/** Keys of a Hufu, an AWS KMS or a Tencent KMS over HTTP(S). */
export function httpKeyService({ wire = 'aws', ...options }: HttpKeyServiceOptions): HttpKeyService {
  const api = apiOptions(options)
  const keys = wire === 'aws' ? awsKeyService(new AwsApi(api)) : tencentKeyService(new TencentApi(api))
  return { ...keys, close: () => api.connection.close() }
}
