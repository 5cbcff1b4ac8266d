export { type HttpAuthority, type HttpAuthorityOptions, httpAuthority } from './authority/http-authority.ts'
export type { Lease } from './cache/cached-key.ts'
export {
  type CacheMetrics,
  DataKeyCache,
  type DataKeyCacheOptions,
  type KeyRequest,
  type LoadedKey,
} from './cache/data-key-cache.ts'
export { awsCredentials, type ChainOptions, credentialsChain } from './credentials/chain.ts'
export type { Credentials, CredentialsProvider } from './credentials/credentials.ts'
export { profileCredentials } from './credentials/profile-file.ts'
export { type WebIdentityOptions, webIdentity } from './credentials/web-identity.ts'
export type { Data, Result, Stream, Watch } from './data.ts'
export { UNFINISHED, writeNewFile } from './file/new-file.ts'
export { sealedFile } from './file/sealed-file.ts'
export { SealedReader } from './file/sealed-reader.ts'
export {
  type ClientCertificateFiles,
  type NamedCertificate,
  namedCertificate,
  proofOf,
} from './http/client-certificate.ts'
export { Connection, type HttpAnswer, type HttpRequest } from './http/connection.ts'
export { type RetryOptions, retrying } from './http/retry.ts'
export { type CaFiles, trustedCa, trustOf } from './http/trust.ts'
export * from './hufu.ts'
export { type Inspection, inspect, inspectFile } from './inspect.ts'
export { type HttpKeyService, type HttpKeyServiceOptions, httpKeyService } from './key-service/http-key-service.ts'
export { type UnsafeStaticOptions, unsafeStaticRegion } from './key-service/unsafe-static-keys.ts'
export type { OpenOptions } from './open.ts'
export type { OnRefused } from './refusals.ts'
export type { FailedTry } from './region/all-failed.ts'
export { type HufuRegionOptions, hufuRegion, type OpenRegion } from './region/hufu-region.ts'
export { type LocalRegionOptions, localRegion } from './region/local-region.ts'
export type { Provider, RegionOptions } from './region/region.ts'
export { type HttpRegionPeer, httpRegionPeer } from './region/region-peer.ts'
export type { RewrapOptions } from './rewrap.ts'
export type { SealOptions } from './seal.ts'
export type { NewHeader, StoredObject } from './stored-object.ts'
export { type ApiClient, type ApiClientOptions, apiClient } from './wire/api-client.ts'
export type { HttpOptions } from './wire/http-options.ts'
