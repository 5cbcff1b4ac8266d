import { randomUUID } from 'node:crypto'
import { type Authority, type Caller, isHufuError, type KeyEvents, type KeyOperations } from '@hufu/wire'
import type { FirstAnswers } from './answer/first-answers.ts'
import { AuditEntry } from './audit/audit-entry.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { AuditProof } from './audit/audit-proof.ts'
import { AuditRetention } from './audit/audit-retention.ts'
import type { KeyBackend } from './backend/key-backend.ts'
import { callerKeys } from './caller-keys.ts'
import { toHufuError } from './failure.ts'
import { Identities } from './identity/identities.ts'
import { localAuthority } from './identity/local-authority.ts'
import { JobRunner } from './jobs/job-runner.ts'
import { keyJobs } from './jobs/key-jobs.ts'
import type { KmsParts } from './kms-parts.ts'
import type { Kms, RootCredentials } from './kms-service.ts'
import { service } from './service-caller.ts'

/** Milliseconds between looks for what is due. */
const JOB_PERIOD = 60_000

/** The service while it runs: what its parts do together. */
export class RunningKms implements Kms {
  readonly #parts: KmsParts
  readonly #jobs: JobRunner
  readonly #timer: NodeJS.Timeout
  readonly identities: Identities
  readonly proof: AuditProof
  #closing: Promise<void> | null = null

  constructor(parts: KmsParts, proof: AuditProof, auditKeepDays?: number) {
    this.#parts = parts
    this.proof = proof
    this.identities = new Identities(parts.store, parts.credentials, parts.clock, parts.place.accountId)
    const retention = auditKeepDays === undefined ? null : new AuditRetention(parts, proof, auditKeepDays)
    this.#jobs = new JobRunner(parts, keyJobs(parts.rotations), retention)
    // What fails is in the audit, and is tried again.
    this.#timer = setInterval(() => void this.#jobs.run().catch(() => {}), JOB_PERIOD).unref()
  }

  get backend(): Pick<KeyBackend, 'description' | 'protection'> {
    return this.#parts.backend
  }

  get region(): string {
    return this.#parts.place.region
  }

  get accountId(): string {
    return this.#parts.place.accountId
  }

  get answers(): FirstAnswers {
    return this.#parts.answers
  }

  get audit(): AuditLog {
    return this.#parts.audit
  }

  get events(): KeyEvents {
    return this.#parts.events
  }

  as(caller: Caller, { dryRun = false }: { readonly dryRun?: boolean } = {}): KeyOperations {
    return callerKeys(this.#parts, caller, dryRun)
  }

  authority(via: string): Authority {
    return localAuthority(this.identities, this.events, (caller) => this.as(caller), via)
  }

  async bootstrap(): Promise<RootCredentials> {
    const principal = `arn:aws:iam::${this.accountId}:root`
    const { accessKeyId, secret } = await this.identities.firstOf(principal)
    using own = secret
    await this.#makeFirstKey({ principal, accessKeyId, requestId: randomUUID(), sourceIp: 'in-process' })
    return { accessKeyId, secretAccessKey: Buffer.from(own.bytes()).toString(), principal }
  }

  runDueJobs(): Promise<void> {
    return this.#jobs.run()
  }

  async ready(): Promise<void> {
    try {
      const { store, backend, audit } = this.#parts
      await Promise.all([store.ready(), backend.ready()])
      if (audit.failing) await this.#resumeAudit()
    } catch (cause) {
      throw toHufuError(cause)
    }
  }

  /** Says in the audit itself that it can be written again. Throws `Unavailable` when it can't. */
  #resumeAudit(): Promise<void> {
    const { place, clock, audit } = this.#parts
    const entry = new AuditEntry({ caller: service(place.accountId), action: 'ResumeAudit' }, clock(), null)
    return audit.append(entry.succeeded())
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#jobs.stop()
    await this.proof.close()
    await this.#parts.store.close()
    this.#parts.sensitive[Symbol.dispose]()
    await this.#parts.backend.close()
  }

  /** Two processes that open one new store may both try: either one's key is the key. */
  async #makeFirstKey(caller: Caller): Promise<void> {
    if ((await this.#parts.store.keyIdOfAlias('s3')) !== null) return
    const input = { alias: 's3', description: 'default key of the S3 proxy' }
    await this.as(caller)
      .createKey(input)
      .catch((error) => {
        if (!isHufuError(error, 'AliasAlreadyExists')) throw error
      })
  }
}
