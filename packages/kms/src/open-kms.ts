import { Authoriser } from './access/authoriser.ts'
import { KeyAccess } from './access/key-access.ts'
import { FirstAnswers } from './answer/first-answers.ts'
import { AuditLog } from './audit/audit-log.ts'
import { AuditProof } from './audit/audit-proof.ts'
import { LogSigner } from './audit/checkpoint/log-signer.ts'
import { SensitiveContext } from './audit/sensitive-context.ts'
import { Nonces } from './ciphertext/nonces.ts'
import { SealedBlobs } from './ciphertext/sealed-blobs.ts'
import { Principals } from './directory/principals.ts'
import { CodeTries } from './identity/code-tries.ts'
import { Credentials } from './identity/credentials.ts'
import { noTokens, WebTokens } from './identity/web-tokens.ts'
import { KeyEventsHub } from './key/key-events-hub.ts'
import { KeyFactory } from './key/key-factory.ts'
import { KeyRing } from './key/key-ring.ts'
import type { Kms, KmsOptions } from './kms-service.ts'
import { Replication } from './replication/replication.ts'
import { Rotations } from './rotation/rotations.ts'
import { RunningKms } from './running-kms.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { Vault } from './vault/vault.ts'

/**
 * Opens the key management service. Throws `StoreInUse` when another process has the store, and `Integrity` when the
 * store was made with another backend; both then are as they were.
 */
export async function openKms(options: KmsOptions): Promise<Kms> {
  const store = await openStore(options.store, options.clock)
  try {
    return await startKms(store, options)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function startKms(store: Store, options: KmsOptions): Promise<Kms> {
  const { backend, region, accountId, mode, clock = Date.now } = options
  const place = { region, accountId }
  const nonces = new Nonces(await store.nextEpoch())
  const vault = await Vault.open(backend, store, nonces)
  const ring = new KeyRing(store, vault, place, (materialId) => backend.forget(materialId))
  const events = new KeyEventsHub(() => store.hearsOthers())
  events.subscribe((event) => ring.forget(event))
  await store.listen((event) => events.publish(event))
  const factory = new KeyFactory(backend, vault, clock, mode ?? null, region)
  const blobs = new SealedBlobs(backend, ring, nonces)
  const rotations = new Rotations(factory, region)
  const audit = new AuditLog(store)
  const sensitive = await SensitiveContext.open(options.sensitiveContext ?? [], store, vault)
  const keyAccess = new KeyAccess(store)
  const principals = new Principals(store, accountId)
  events.subscribe((event) => {
    keyAccess.forget(event)
    if (event.keyId === '*') principals.forget()
  })
  const access = new Authoriser(place, clock, principals, keyAccess)
  const credentials = new Credentials(vault, clock)
  const tokens = new WebTokens(store, options.verifyToken ?? noTokens)
  const policing = { access, keyAccess, principals, credentials, codeTries: new CodeTries(clock), tokens }
  const peers = options.peers ?? new Map()
  const replication = new Replication({ store, ring, backend, clock, place, peers, events })
  const answers = new FirstAnswers(store, vault, clock)
  const more = { answers, audit, sensitive, events, peers, replication }
  const parts = { place, clock, store, backend, ring, blobs, factory, rotations, ...more, ...policing }
  const signer = await LogSigner.open(backend, store, vault, place, mode === 'gm')
  return new RunningKms(parts, new AuditProof(store, signer, clock, options.onAuditFault), options.auditKeepDays)
}
