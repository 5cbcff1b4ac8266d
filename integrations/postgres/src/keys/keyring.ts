import { CellKey, Secret, suites } from '@hufu/crypto'
import { DataKeyCache, type Lease, type LoadedKey } from '@hufu/sdk'
import { type EncryptionContext, HufuError, type KeyEvents, type KeyService } from '@hufu/wire'
import type { DataKeyStore, NewKey, StoredKey } from './data-key-store.ts'
import type { KeyedColumn, KeyNeed } from './key-need.ts'

/** A data key of a column as it is used; an index key has no cell key. */
export interface KeyUse {
  readonly tenant: string
  readonly cells: CellKey | null
}

export type KeyLease = Lease<KeyUse>

/** Milliseconds for which the newest key's number is believed: another process may have rotated. */
export const NEWEST_LIFE = 1000

/** The number of the newest key, as it was asked for; null until it is known. */
interface Newest {
  readonly since: number
  readonly key: Promise<StoredKey>
  number: number | null
}

/** The data keys of one identity: made on first use, unwrapped by the KMS, cached. */
export class Keyring {
  readonly #identity: string
  readonly #service: KeyService
  readonly #store: DataKeyStore
  readonly #cache: DataKeyCache<KeyUse>
  readonly #newest = new Map<string, Newest>()

  constructor(identity: string, service: KeyService, store: DataKeyStore, cache: DataKeyCache<KeyUse>) {
    this.#identity = identity
    this.#service = service
    this.#store = store
    this.#cache = cache
  }

  /** The key, when it is here now; null when it has to be asked for. */
  held(need: KeyNeed): KeyLease | null {
    const name = this.#heldName(need)
    return name === null ? null : this.#cache.held({ identity: this.#identity, name })
  }

  /** The key. Throws as `opening`. */
  lease(need: KeyNeed): Promise<KeyLease> {
    if (need.use === 'open') return this.opening(need.column, need.number)
    return need.use === 'seal' ? this.sealing(need.column, need.tenant) : this.indexing(need.column, need.tenant)
  }

  #heldName(need: KeyNeed): string | null {
    if (need.use === 'open') return cellName(need.column, need.number)
    if (need.use === 'index') return indexName(need.column, need.tenant)
    const newest = this.#newest.get(newestName(need.column, need.tenant))
    return newest === undefined || newest.number === null || !isBelieved(newest)
      ? null
      : cellName(need.column, newest.number)
  }

  /** The key that new cells are sealed under. */
  async sealing(column: KeyedColumn, tenant: string): Promise<KeyLease> {
    const { number } = await this.#newestKey(column, tenant)
    return this.opening(column, number)
  }

  /** The key of that number. Throws `DecryptionFailed` when there is none, or when it was shredded. */
  opening(column: KeyedColumn, number: number): Promise<KeyLease> {
    return this.#cache.lease({
      identity: this.#identity,
      name: cellName(column, number),
      load: async () => {
        const stored = await this.#store.cellKey(column.id, number)
        if (stored === null)
          throw new HufuError('DecryptionFailed', `${column.table}.${column.column} has no data key ${number}`)
        return this.#loadCellKey(column, stored)
      },
    })
  }

  /** The key of the indexes of the column's group. */
  indexing(column: KeyedColumn, tenant: string): Promise<KeyLease> {
    return this.#cache.lease({
      identity: this.#identity,
      name: indexName(column, tenant),
      load: async () => this.#loadIndexKey(column, tenant),
    })
  }

  /** Makes a new data key, which new cells are sealed under from now on. */
  async renew(column: KeyedColumn, tenant: string): Promise<StoredKey> {
    const added = await this.#addCellKey(column, tenant)
    this.#newest.delete(newestName(column, tenant))
    return added
  }

  #newestKey(column: KeyedColumn, tenant: string): Promise<StoredKey> {
    const name = newestName(column, tenant)
    const known = this.#newest.get(name)
    if (known !== undefined && isBelieved(known)) return known.key
    const newest: Newest = { since: performance.now(), key: this.#findNewest(column, tenant), number: null }
    this.#newest.set(name, newest)
    newest.key.then(
      ({ number }) => {
        newest.number = number
      },
      () => this.#newest.delete(name),
    )
    return newest.key
  }

  async #findNewest(column: KeyedColumn, tenant: string): Promise<StoredKey> {
    return (await this.#store.newestCellKey(column.id, tenant)) ?? (await this.#addCellKey(column, tenant))
  }

  async #addCellKey(column: KeyedColumn, tenant: string): Promise<StoredKey> {
    const made = await this.#generate(column, cellContext(column, tenant))
    for (;;) {
      const stored = await this.#store.addCellKey(column.id, tenant, made)
      if (stored !== null) return stored
    }
  }

  async #loadCellKey(column: KeyedColumn, stored: StoredKey): Promise<LoadedKey<KeyUse>> {
    const { secret, keyIds } = await this.#unwrap(column, stored, cellContext(column, stored.tenant))
    const columnId = Buffer.from(column.id, 'hex')
    const cells = new CellKey({
      suite: suites.aes,
      columnId,
      dataKeyNumber: stored.number,
      dataKey: secret,
      tenant: stored.tenant,
    })
    return { secret, keyIds, details: { tenant: stored.tenant, cells } }
  }

  async #loadIndexKey(column: KeyedColumn, tenant: string): Promise<LoadedKey<KeyUse>> {
    const context = { 'hufu:group': column.group, 'hufu:tenant': tenant }
    if ((await this.#store.indexKey(column.group, tenant)) === null)
      await this.#store.addIndexKey(column.group, tenant, await this.#generate(column, context))
    const stored = await this.#store.indexKey(column.group, tenant)
    if (stored === null) throw new HufuError('Internal', `the index key of ${column.group} is gone`)
    return { ...(await this.#unwrap(column, stored, context)), details: { tenant, cells: null } }
  }

  async #generate(column: KeyedColumn, context: EncryptionContext): Promise<NewKey> {
    const { plaintext, ciphertext, keyId } = await this.#service.generateDataKey({
      keyId: column.key,
      numberOfBytes: 32,
      context,
    })
    plaintext.fill(0)
    return { wrapped: ciphertext, keyId }
  }

  async #unwrap(
    column: KeyedColumn,
    { wrapped, keyId }: StoredKey,
    context: EncryptionContext,
  ): Promise<{ secret: Secret; keyIds: string[] }> {
    if (wrapped === null)
      throw new HufuError('DecryptionFailed', `the data key of ${column.table}.${column.column} was shredded`)
    const { plaintext } = await this.#service.decrypt({ ciphertext: wrapped, context, keyId })
    return { secret: Secret.take(plaintext), keyIds: [keyId.split('/').at(-1) ?? keyId] }
  }
}

const cellName = (column: KeyedColumn, number: number): string => `cell ${column.id} ${number}`
const indexName = (column: KeyedColumn, tenant: string): string => `index ${column.group} ${tenant}`
const newestName = (column: KeyedColumn, tenant: string): string => `${column.id} ${tenant}`

const isBelieved = ({ since }: Newest): boolean => performance.now() - since < NEWEST_LIFE

const cellContext = (column: KeyedColumn, tenant: string): EncryptionContext => ({
  'hufu:column': column.id,
  'hufu:tenant': tenant,
})

/** Milliseconds for which a data key is used before the KMS and the table of keys are asked again. */
const LIFE = 10_000
const LIFE_UNHEARD = 1000

/** The cache that all identities of one encryption share. */
export const keyCache = (events: KeyEvents): DataKeyCache<KeyUse> =>
  new DataKeyCache<KeyUse>({ events, life: LIFE, lifeUnheard: LIFE_UNHEARD, capacity: 10_000 })
