import { createHash, randomBytes } from 'node:crypto'
import { Secret } from '@hufu/crypto'
import type { KeyEvents, Signer } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { isOutOfUse } from '../error.ts'
import type { BucketKey, Envelope } from '../format/envelope.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** Who acts, and the KMS acting as them. */
export type KeyUser = Pick<Signer, 'accessKeyId' | 'principal' | 'keys' | 'bindings' | 'origin'>

type Bind = (user: KeyUser, bucket: string, keyName: string) => Promise<void>

/** A bucket key as anybody may hold it: named and wrapped. */
interface WrappedBucketKey {
  readonly epoch: Buffer
  readonly wrapped: Buffer
}

interface Unwrapped {
  readonly secret: Secret
  readonly cmk: string
  readonly at: number
}

const KEY_SIZE = 32
const EPOCH_SIZE = 16
const UNWRAPPED_MAX = 10_000
const LIFE_MS = 300_000
/** While key events may be missed. */
const LIFE_UNCONNECTED_MS = 10_000

/**
 * Bucket keys, got from the KMS as the caller and kept for that caller alone, on the connection that it decided by. Dropped
 * when the KMS tells a change of their CMK, so that a disabled key stops working at once.
 */
export class BucketKeys implements Disposable {
  readonly #store: ObjectStore
  readonly #events: KeyEvents
  readonly #bind: Bind
  readonly #unsubscribe: () => void
  readonly #records = new LRUCache<string, WrappedBucketKey>({ max: 10_000, ttl: LIFE_MS })
  readonly #unwrapped = new LRUCache<string, Unwrapped>({
    max: UNWRAPPED_MAX,
    dispose: ({ secret }) => secret[Symbol.dispose](),
  })
  readonly #flights = new Map<string, Promise<void>>()
  /** Counts key events: what was asked before one is not kept after it. */
  #changes = 0

  /** `bind` says to the KMS that a bucket uses a key from now on; before anything lies under it. */
  constructor(store: ObjectStore, events: KeyEvents, bind: Bind) {
    this.#store = store
    this.#bind = bind
    this.#events = events
    this.#unsubscribe = events.subscribe(({ keyId }) => this.#drop(keyId))
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
    this.#unwrapped.clear()
  }

  /** The key that new objects of the bucket are sealed under, made on first use. The caller disposes it. */
  async current(user: KeyUser, bucket: string, keyName: string): Promise<BucketKey> {
    const record = (await this.#record(bucket, keyName)) ?? (await this.#create(user, bucket, keyName))
    return this.#open(user, bucket, record)
  }

  /** The key that an object of the bucket was sealed under. The caller disposes it. */
  of(user: KeyUser, bucket: string, { epoch, wrappedBucketKey }: Envelope): Promise<BucketKey> {
    return this.#open(user, bucket, { epoch, wrapped: wrappedBucketKey })
  }

  /** Refuses those who may not use the bucket's key. A key that is out of use refuses nobody. */
  async admit(user: KeyUser, bucket: string, keyName: string): Promise<void> {
    const record = await this.#record(bucket, keyName)
    if (record === null) return
    try {
      using _ = await this.#open(user, bucket, record)
    } catch (error) {
      if (!isOutOfUse(error)) throw error
    }
  }

  async #open(user: KeyUser, bucket: string, key: WrappedBucketKey): Promise<BucketKey> {
    const id = cacheId(user, bucket, key)
    for (;;) {
      const found = this.#unwrapped.get(id)
      if (found !== undefined && this.#fresh(found))
        return bucketKey(key, found.cmk, Secret.take(Buffer.from(found.secret.bytes())))
      await this.#unwrapOnce(id, user, bucket, key)
    }
  }

  #unwrapOnce(id: string, user: KeyUser, bucket: string, key: WrappedBucketKey): Promise<void> {
    const running = this.#flights.get(id)
    if (running !== undefined) return running
    const flight = this.#unwrap(id, user, bucket, key).finally(() => this.#flights.delete(id))
    this.#flights.set(id, flight)
    return flight
  }

  async #unwrap(id: string, user: KeyUser, bucket: string, { wrapped }: WrappedBucketKey): Promise<void> {
    const changes = this.#changes
    const { plaintext, keyId } = await user.keys.decrypt({ ciphertext: wrapped, context: contextOf(bucket) })
    const secret = Secret.take(plaintext)
    if (changes === this.#changes) this.#unwrapped.set(id, { secret, cmk: keyId, at: Date.now() })
    else secret[Symbol.dispose]()
  }

  async #create(user: KeyUser, bucket: string, keyName: string): Promise<WrappedBucketKey> {
    const made = await user.keys.generateDataKey({
      keyId: keyName,
      numberOfBytes: KEY_SIZE,
      context: contextOf(bucket),
    })
    made.plaintext.fill(0)
    await this.#bind(user, bucket, keyName)
    const value = Buffer.concat([randomBytes(EPOCH_SIZE), made.ciphertext])
    const kept = readRecord(await this.#store.keepRecord(bucket, recordName(keyName), value))
    this.#records.set(`${bucket} ${keyName}`, kept)
    return kept
  }

  async #record(bucket: string, keyName: string): Promise<WrappedBucketKey | null> {
    const id = `${bucket} ${keyName}`
    const known = this.#records.get(id)
    if (known !== undefined) return known
    const value = await this.#store.record(bucket, recordName(keyName))
    if (value === null) return null
    const record = readRecord(value)
    this.#records.set(id, record)
    return record
  }

  #fresh({ at }: Unwrapped): boolean {
    return Date.now() - at < (this.#events.connected ? LIFE_MS : LIFE_UNCONNECTED_MS)
  }

  #drop(keyId: string): void {
    this.#changes++
    for (const [id, { cmk }] of this.#unwrapped) {
      if (keyId === '*' || cmk === keyId || cmk.endsWith(`/${keyId}`)) this.#unwrapped.delete(id)
    }
  }
}

const bucketKey = ({ epoch, wrapped }: WrappedBucketKey, cmk: string, secret: Secret): BucketKey => ({
  epoch,
  wrapped,
  cmk,
  secret,
  [Symbol.dispose]: () => secret[Symbol.dispose](),
})

/** As S3 itself binds its bucket keys, so that policies on the context carry over. */
const contextOf = (bucket: string) => ({ 'aws:s3:arn': `arn:aws:s3:::${bucket}` })

/** Names all that the KMS decided by. */
function cacheId({ accessKeyId, principal, origin }: KeyUser, bucket: string, { wrapped }: WrappedBucketKey): string {
  const from = origin === undefined ? '' : `${origin.sourceIp} ${origin.secure}`
  const named = [accessKeyId, principal, from, bucket, ''].join('\0')
  return createHash('sha256').update(named).update(wrapped).digest('base64')
}

const recordName = (keyName: string): string => `bucket-key-${createHash('sha256').update(keyName).digest('hex')}`

const readRecord = (value: Buffer): WrappedBucketKey => ({
  epoch: value.subarray(0, EPOCH_SIZE),
  wrapped: value.subarray(EPOCH_SIZE),
})
