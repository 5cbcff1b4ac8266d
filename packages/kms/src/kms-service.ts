import type { Authority, Caller, KeyEvents, KeyOperations, RegionPeer } from '@hufu/wire'
import type { FirstAnswers } from './answer/first-answers.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { AuditFaultListener, AuditProof } from './audit/audit-proof.ts'
import type { KeyBackend } from './backend/key-backend.ts'
import type { Clock } from './clock.ts'
import type { Identities } from './identity/identities.ts'
import type { TokenVerifier } from './identity/web-tokens.ts'
import type { StoreLocation } from './store/open-store.ts'

export interface KmsOptions {
  readonly store: StoreLocation
  /** Belongs to the service from now on, which closes it. */
  readonly backend: KeyBackend
  readonly region: string
  /** 12 digits. */
  readonly accountId: string
  /**
   * `fips`: new keys are of the algorithms that FIPS 140 knows; `gm`: SM2 and SM4. Absent: all of them. A key that is
   * made without saying is SM4 in `gm`, otherwise AES-256.
   */
  readonly mode?: 'fips' | 'gm'
  readonly clock?: Clock
  /** The KMS of other regions that keys are replicated to, by the region. */
  readonly peers?: ReadonlyMap<string, RegionPeer>
  /** Names of encryption contexts whose values the audit keeps only hashed. */
  readonly sensitiveContext?: readonly string[]
  /** Days after which records of the audit are cut off, with a signed cut; kept for ever unless told. */
  readonly auditKeepDays?: number
  /** Told when the audit can't be signed, and when it can again. */
  readonly onAuditFault?: AuditFaultListener
  /** Verifies web identity tokens; without it none is good. */
  readonly verifyToken?: TokenVerifier
}

export interface RootCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: string
}

/** The key management service. */
export interface Kms {
  readonly backend: Pick<KeyBackend, 'description' | 'protection'>
  readonly region: string
  readonly accountId: string
  readonly identities: Pick<Identities, 'certified' | 'find' | 'used'>
  /** What was answered to requests that change something. */
  readonly answers: Pick<FirstAnswers, 'claim' | 'keep' | 'drop'>
  readonly audit: Pick<AuditLog, 'append' | 'list'>
  /** What proves the audit. */
  readonly proof: Pick<
    AuditProof,
    'failure' | 'publicKey' | 'sign' | 'beginExport' | 'exportLines' | 'logs' | 'texts' | 'cut'
  >
  readonly events: KeyEvents
  /** In a dry run an operation that would succeed throws `DryRun`, any other its own error, and nothing is changed. */
  as(caller: Caller, options?: { readonly dryRun?: boolean }): KeyOperations
  /** What an adapter in this process checks signatures with; `via` is its name. */
  authority(via: string): Authority
  /** The root user and the key `alias/s3`; made once, the same ever after. */
  bootstrap(): Promise<RootCredentials>
  /** Rotates, destroys and expires what is due now; it happens by itself every minute. */
  runDueJobs(): Promise<void>
  /** Resolves when store and backend answer, and the audit can be written. */
  ready(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}
