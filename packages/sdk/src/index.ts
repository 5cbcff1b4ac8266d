export { type HttpAuthority, type HttpAuthorityOptions, httpAuthority } from './authority/http-authority.ts'
export type { Lease } from './cache/cached-key.ts'
export {
  type CacheMetrics,
  DataKeyCache,
  type DataKeyCacheOptions,
  type KeyRequest,
  type LoadedKey,
} from './cache/data-key-cache.ts'
export type { Credentials, CredentialsProvider } from './credentials/credentials.ts'
export { type HttpKeyService, type HttpKeyServiceOptions, httpKeyService } from './key-service/http-key-service.ts'
export { type ApiClient, type ApiClientOptions, apiClient } from './wire/api-client.ts'
export type { HttpOptions } from './wire/http-options.ts'
