import { randomUUID } from 'node:crypto'
import type { CacheMetrics, DataKeyCacheOptions } from './cache/data-key-cache.ts'
import {
  bytesOf,
  type Data,
  endOf,
  isStream,
  type Result,
  type Sharing,
  type Stream,
  streamLike,
  type Watch,
  watched,
} from './data.ts'
import { openFile } from './file/open-file.ts'
import { rewrapFile } from './file/rewrap-file.ts'
import { sealFile } from './file/seal-file.ts'
import { SealedReader } from './file/sealed-reader.ts'
import { DataKeys } from './keys/data-keys.ts'
import { openBytes, sealBytes } from './message/bytes.ts'
import { openChunks, sealChunks } from './message/chunks.ts'
import { rewrapBytes, rewrapChunks } from './message/rewrapped.ts'
import type { OpenOptions } from './open.ts'
import { type OnRefused, Refusals } from './refusals.ts'
import { mergedKeyEvents } from './region/merged-key-events.ts'
import type { RegionOptions } from './region/region.ts'
import { Regions } from './region/regions.ts'
import { type RewrapOptions, rewrap } from './rewrap.ts'
import type { SealOptions } from './seal.ts'
import type { StoredObject } from './stored-object.ts'

export interface HufuOptions {
  /** The key services, the preferred one first. */
  readonly regions: readonly RegionOptions[]
  /** How long data keys are kept. */
  readonly cache?: Omit<DataKeyCacheOptions, 'events'>
  /** Told why data was refused, for a log: the error that callers get is the same for every reason. */
  readonly onRefused?: OnRefused
}

export interface EncryptOptions extends SealOptions, Watch, Sharing {}
export interface DecryptOptions extends OpenOptions, Watch, Sharing {}

/** What comes out of rewrapping: of a stored object, whether anything had to be written. */
export type Rewrapped<Input extends Uint8Array | Stream | StoredObject> = Input extends Uint8Array | Stream
  ? Result<Input>
  : boolean

/**
 * Encrypts anything under the keys named, and decrypts it wherever one of them can be reached. It acts as the one
 * identity that its regions have credentials of.
 */
export class Hufu implements Disposable {
  readonly #dataKeys: DataKeys
  readonly #refusals: Refusals

  constructor({ regions, cache = {}, onRefused }: HufuOptions) {
    const heard = regions.flatMap(({ events }) => events ?? [])
    const events = heard.length === regions.length ? { events: mergedKeyEvents(heard) } : {}
    this.#refusals = new Refusals(onRefused)
    this.#dataKeys = new DataKeys(new Regions(regions), randomUUID(), { ...cache, ...events })
  }

  /** Hits and misses of the data keys kept for sealing and for opening. */
  get metrics(): { readonly sealing: CacheMetrics; readonly opening: CacheMetrics } {
    return this.#dataKeys.metrics
  }

  /**
   * The data, sealed. Keys are named `REGION:KEY`, or `KEY` where there is one region: an id, an ARN or `alias/NAME`.
   * Throws `HufuError` when fewer than `minimum` of them answer, all unless told.
   */
  encrypt<Input extends Data>(data: Input, options: EncryptOptions): Promise<Result<Input>> {
    const sealing = isStream(data) ? this.#sealStream(data, options) : sealBytes(this.#dataKeys, bytesOf(data), options)
    return sealing as Promise<Result<Input>>
  }

  /**
   * The plaintext. Throws `DecryptionError` for everything that is not authentic or was sealed with another context; a
   * stream may do so after it gave out authentic bytes, and is whole only when it ends. Throws `HufuError` when no
   * recipient could be asked, with the reason of each.
   */
  async decrypt<Input extends Uint8Array | Stream>(sealed: Input, options: DecryptOptions): Promise<Result<Input>> {
    const plaintext = isStream(sealed)
      ? this.#openStream(sealed, options)
      : this.#refusals.of(openBytes(this.#dataKeys, sealed as Uint8Array, options))
    return (await plaintext) as Result<Input>
  }

  /**
   * The sealed data with other recipients: its payload stays as it is. Of a stored object, such as those of
   * `@hufu/sdk/s3`: whether anything had to be written there. Throws as `decrypt` and `encrypt` do.
   */
  async rewrap<Input extends Uint8Array | Stream | StoredObject>(
    sealed: Input,
    options: RewrapOptions & Watch,
  ): Promise<Rewrapped<Input>> {
    return (await this.#refusals.of(this.#rewrapped(sealed, options))) as Rewrapped<Input>
  }

  /** Seals a file to another, which appears when it is whole. */
  encryptFile(from: string, to: string, options: EncryptOptions): Promise<void> {
    return sealFile(this.#dataKeys, from, to, options)
  }

  /** Opens a sealed file to another, which appears when all of it is proven. */
  decryptFile(from: string, to: string, options: DecryptOptions): Promise<void> {
    return this.#refusals.of(openFile(this.#dataKeys, from, to, options))
  }

  /** Rewrites a sealed file for other recipients. It is the old file or the new one, whatever happens. */
  rewrapFile(file: string, options: RewrapOptions & Watch): Promise<void> {
    return this.#refusals.of(rewrapFile(this.#dataKeys, file, options))
  }

  /** Reads a sealed file anywhere, opening only what is asked for. To be closed. */
  reader(file: string, options: OpenOptions): Promise<SealedReader> {
    return this.#refusals.of(SealedReader.open(this.#dataKeys, file, options))
  }

  async #rewrapped(
    sealed: Uint8Array | Stream | StoredObject,
    options: RewrapOptions & Watch,
  ): Promise<Uint8Array | Stream | boolean> {
    if (sealed instanceof Uint8Array) return rewrapBytes(this.#dataKeys, sealed, options)
    if (isStream(sealed))
      return streamLike(sealed, await rewrapChunks(this.#dataKeys, watched(sealed, options), options))
    return sealed.rewrap((header, change) => rewrap(this.#dataKeys, header, change), options)
  }

  async #sealStream(data: Stream, options: EncryptOptions): Promise<Stream> {
    const sealing = sealChunks(this.#dataKeys, watched(data, options), options, () => endOf(data))
    return streamLike(data, await sealing, options)
  }

  async #openStream(sealed: Stream, options: DecryptOptions): Promise<Stream> {
    const opening = openChunks(this.#dataKeys, watched(sealed, options), options)
    return streamLike(sealed, this.#refusals.within(await this.#refusals.of(opening)), options)
  }

  /** Forgets all data keys. */
  [Symbol.dispose](): void {
    this.#dataKeys[Symbol.dispose]()
  }
}
