import type { RegionPeer } from '@hufu/wire'
import type { Authoriser } from './access/authoriser.ts'
import type { KeyAccess } from './access/key-access.ts'
import type { FirstAnswers } from './answer/first-answers.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { SensitiveContext } from './audit/sensitive-context.ts'
import type { KeyBackend } from './backend/key-backend.ts'
import type { SealedBlobs } from './ciphertext/sealed-blobs.ts'
import type { Clock } from './clock.ts'
import type { Principals } from './directory/principals.ts'
import type { CodeTries } from './identity/code-tries.ts'
import type { Credentials } from './identity/credentials.ts'
import type { WebTokens } from './identity/web-tokens.ts'
import type { KeyEventsHub } from './key/key-events-hub.ts'
import type { KeyFactory } from './key/key-factory.ts'
import type { KeyRing } from './key/key-ring.ts'
import type { Replication } from './replication/replication.ts'
import type { Rotations } from './rotation/rotations.ts'
import type { Store } from './store/store.ts'

export interface Place {
  readonly region: string
  readonly accountId: string
}

/** What every operation works with. */
export interface KmsParts {
  readonly place: Place
  readonly clock: Clock
  readonly store: Store
  readonly backend: KeyBackend
  readonly ring: KeyRing
  readonly blobs: SealedBlobs
  readonly factory: KeyFactory
  readonly rotations: Rotations
  readonly access: Authoriser
  readonly keyAccess: KeyAccess
  readonly principals: Principals
  readonly credentials: Credentials
  readonly codeTries: CodeTries
  readonly tokens: WebTokens
  readonly answers: FirstAnswers
  readonly audit: AuditLog
  readonly sensitive: SensitiveContext
  readonly events: KeyEventsHub
  /** The KMS of other regions, by the region. */
  readonly peers: ReadonlyMap<string, RegionPeer>
  readonly replication: Replication
}
