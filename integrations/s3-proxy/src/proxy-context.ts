import type { Authority } from '@hufu/wire'
import type { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Manifest } from './format/manifest.ts'
import type { Suite } from './format/suite.ts'
import type { BucketKeys } from './keys/bucket-keys.ts'
import type { ObjectStore } from './store/object-store.ts'

/** What every operation works with. */
export interface ProxyContext {
  readonly store: ObjectStore
  readonly keys: BucketKeys
  readonly authority: Authority
  readonly region: string
  /** The key of objects that do not name their own. */
  readonly defaultKey: string
  /** What new objects are sealed with. */
  readonly suite: Suite
  readonly log: Logger
  /** Manifests by bucket, key and ETag: they never change. */
  readonly manifests: LRUCache<string, Manifest>
}
