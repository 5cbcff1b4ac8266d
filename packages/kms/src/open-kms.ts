import { randomUUID } from 'node:crypto'
import { type Authority, type Caller, isHufuError, type KeyEvents, type KeyOperations } from '@hufu/wire'
import { rootOnly } from './access/authorise.ts'
import { AuditLog } from './audit/audit-log.ts'
import type { KeyBackend } from './backend/key-backend.ts'
import { callerKeys } from './caller-keys.ts'
import { Nonces } from './ciphertext/nonces.ts'
import { SealedBlobs } from './ciphertext/sealed-blobs.ts'
import type { Clock } from './clock.ts'
import { Identities } from './identity/identities.ts'
import { localAuthority } from './identity/local-authority.ts'
import { JobRunner } from './jobs/job-runner.ts'
import { keyJobs } from './jobs/key-jobs.ts'
import { KeyEventsHub } from './key/key-events-hub.ts'
import { KeyFactory } from './key/key-factory.ts'
import { KeyRing } from './key/key-ring.ts'
import type { KmsParts } from './kms-parts.ts'
import { Rotations } from './rotation/rotations.ts'
import { openStore, type StoreLocation } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { Vault } from './vault/vault.ts'

/** Milliseconds between looks for what is due. */
const JOB_PERIOD = 60_000

export interface KmsOptions {
  readonly store: StoreLocation
  /** Belongs to the service from now on, which closes it. */
  readonly backend: KeyBackend
  readonly region: string
  /** 12 digits. */
  readonly accountId: string
  /** Which symmetric cipher a key has when it is made without saying: AES-256 or SM4. `fips` when absent. */
  readonly mode?: 'fips' | 'gm'
  readonly clock?: Clock
}

export interface RootCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: string
}

export interface Kms {
  readonly backend: Pick<KeyBackend, 'description' | 'protection'>
  readonly region: string
  readonly accountId: string
  readonly identities: Pick<Identities, 'find'>
  readonly audit: Pick<AuditLog, 'append' | 'list'>
  readonly events: KeyEvents
  as(caller: Caller): KeyOperations
  /** What an adapter in this process checks signatures with; `via` is its name. */
  authority(via: string): Authority
  /** The root user and the key `alias/s3`; made once, the same ever after. */
  bootstrap(): Promise<RootCredentials>
  /** Rotates, destroys and expires what is due now; it happens by itself every minute. */
  runDueJobs(): Promise<void>
  /** Resolves when store and backend answer. */
  ready(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Opens the key management service. Throws `StoreInUse` when another process has the store, and `Integrity` when the
 * store was made with another backend; both then are as they were.
 */
export async function openKms(options: KmsOptions): Promise<Kms> {
  const { backend, region, accountId, clock = Date.now } = options
  const place = { region, accountId }
  const store = await openStore(options.store)
  const opened = async () => {
    const nonces = new Nonces(await store.nextEpoch())
    return { nonces, vault: await Vault.open(backend, store, nonces) }
  }
  const { nonces, vault } = await opened().catch(async (error) => {
    await store.close()
    throw error
  })
  const ring = new KeyRing(store, vault, place, (materialId) => backend.forget(materialId))
  const events = new KeyEventsHub()
  events.subscribe((event) => ring.forget(event))
  const audit = new AuditLog(store)
  const factory = new KeyFactory(backend, vault, clock, options.mode === 'gm' ? 'SM4' : 'AES_256')
  const parts: KmsParts = {
    place,
    clock,
    store,
    backend,
    ring,
    blobs: new SealedBlobs(backend, ring, nonces),
    factory,
    rotations: new Rotations(factory),
    authorise: rootOnly(accountId),
    audit,
    events,
  }
  const identities = new Identities(store, vault, clock)
  const jobs = new JobRunner(parts, keyJobs(parts.rotations))
  const timer = setInterval(() => void jobs.run().catch(() => {}), JOB_PERIOD).unref()
  const as = (caller: Caller) => callerKeys(parts, caller)
  return {
    backend,
    region,
    accountId,
    identities,
    audit,
    events,
    as,
    authority: (via) => localAuthority(identities, events, as, via),
    async bootstrap() {
      const principal = `arn:aws:iam::${accountId}:root`
      const { accessKeyId, secret } = await identities.firstOf(principal)
      using own = secret
      await makeFirstKey(store, as({ principal, accessKeyId, requestId: randomUUID(), sourceIp: 'in-process' }))
      return { accessKeyId, secretAccessKey: Buffer.from(own.bytes()).toString(), principal }
    },
    async ready() {
      await Promise.all([store.ready(), backend.ready()])
    },
    runDueJobs: () => jobs.run(),
    async close() {
      clearInterval(timer)
      await jobs.stop()
      await store.close()
      await backend.close()
    },
  }
}

/** Two processes that open one new store may both try: either one's key is the key. */
async function makeFirstKey(store: Store, keys: KeyOperations): Promise<void> {
  if ((await store.keyIdOfAlias('s3')) !== null) return
  await keys.createKey({ alias: 's3', description: 'default key of the S3 proxy' }).catch((error) => {
    if (!isHufuError(error, 'AliasAlreadyExists')) throw error
  })
}
