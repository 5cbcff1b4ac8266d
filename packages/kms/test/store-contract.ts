import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { AuditRecord } from '../src/audit/audit-record.ts'
import type { GrantEntry } from '../src/directory/entry.ts'
import type { Key, KeyVersion } from '../src/key/key.ts'
import type { Store, StoredEntry } from '../src/store/store.ts'

/** One thing that every store does. `open` gives the same store each time. */
export interface StoreCheck {
  readonly title: string
  run(open: () => Promise<Store>): Promise<void>
}

const newKey = (more: Partial<Key> = {}): Key => ({
  id: randomUUID(),
  alias: '',
  description: '描述',
  state: 'Enabled',
  spec: 'AES_256',
  use: 'ENCRYPT_DECRYPT',
  origin: 'KMS',
  protection: 'SOFTWARE',
  creator: 'root',
  createdAt: 1_800_000_000_000,
  version: 1,
  rotationDays: null,
  nextRotationAt: null,
  lastRotatedAt: null,
  deletionAt: null,
  materialExpiresAt: null,
  materialCheck: null,
  multiRegion: null,
  syncAt: null,
  ...more,
})

const newVersion = (key: Key, more: Partial<KeyVersion> = {}): KeyVersion => ({
  keyId: key.id,
  version: 1,
  wrapped: Buffer.from([0, 1, 255]),
  publicKey: null,
  createdAt: 5,
  cause: 'created',
  binding: Buffer.from([9]),
  ...more,
})

const newGrant = (key: Key, more: Partial<GrantEntry> = {}): GrantEntry => ({
  id: randomUUID().replaceAll('-', ''),
  keyId: key.id,
  token: randomUUID(),
  name: '',
  grantee: 'grantee',
  retiring: 'retirer',
  issuer: 'root',
  operations: ['Encrypt'],
  createdAt: 5,
  ...more,
})

const put = (store: Store, key: Key) => store.transact((writes) => writes.insertKey(key))

/** The contract of `Store`. */
export const storeContract: readonly StoreCheck[] = [
  {
    title: 'keeps a key, its versions, aliases, tags and bindings, over a reopening',
    async run(open) {
      const before = await open()
      const key = newKey()
      const version = newVersion(key, { publicKey: Buffer.from([7]) })
      await before.transact(async (writes) => {
        await writes.insertKey(key)
        await writes.insertVersion(version)
        await writes.insertAlias('b', key.id, 2)
        await writes.insertAlias('a', key.id, 3)
        await writes.putTags(key.id, { n: '1', m: '2' })
        await writes.putTags(key.id, { n: '3' })
        await writes.putBinding(key.id, { product: 's3', resource: 'r' })
      })
      await before.close()
      const after = await open()
      expect(await after.key(key.id)).toEqual({ ...key, alias: 'b' })
      expect(await after.version(key.id, 1)).toEqual(version)
      expect(await after.version(key.id, 2)).toBeNull()
      expect(await after.keyIdOfAlias('a')).toBe(key.id)
      expect(await after.tags(key.id)).toEqual({ m: '2', n: '3' })
      expect(await after.bindings(key.id)).toEqual([{ product: 's3', resource: 'r' }])
      expect(await after.key(randomUUID())).toBeNull()
      expect(await after.keyIdOfAlias('c')).toBeNull()
    },
  },
  {
    title: 'finds grants by key, by token and by whoever may retire them, page by page, until their key is deleted',
    async run(open) {
      const before = await open()
      const [key, other] = [newKey(), newKey()]
      const grants = Array.from({ length: 5 }, (_, i) => newGrant(i === 4 ? other : key, { createdAt: 10 - i }))
      const retirable = grants.map(({ id }) => id).sort()
      await before.transact(async (writes) => {
        for (const one of [key, other]) await writes.insertKey(one)
        for (const grant of grants) await writes.insertGrant(grant)
        await writes.insertGrant(newGrant(other, { retiring: null, token: 'none' }))
      })
      await before.close()
      const after = await open()
      expect(await after.grants(key.id)).toEqual(grants.slice(0, 4).toReversed())
      expect(await after.grantByToken(grants[4]?.token ?? '')).toEqual(grants[4])
      expect(await after.grantByToken(randomUUID())).toBeNull()
      const first = await after.retirableGrants('retirer', { limit: 2 })
      expect(first.map(({ id }) => id)).toEqual(retirable.slice(0, 2))
      const rest = await after.retirableGrants('retirer', { after: retirable[1], limit: 9 })
      expect(rest.map(({ id }) => id)).toEqual(retirable.slice(2))
      const [own] = grants
      expect(await after.transact((writes) => writes.deleteGrant(other.id, own?.id ?? ''))).toBe(false)
      expect(await after.transact((writes) => writes.deleteGrant(key.id, own?.id ?? ''))).toBe(true)
      await after.transact((writes) => writes.deleteKey(key.id))
      expect(await after.grants(key.id)).toEqual([])
      expect((await after.retirableGrants('retirer', { limit: 9 })).map(({ keyId }) => keyId)).toEqual([other.id])
    },
  },
  {
    title: 'gives the documents of a kind page by page, in the order of their ids',
    async run(open) {
      const store = await open()
      await store.transact(async (writes) => {
        for (const id of ['b', 'a-', 'c', 'a', 'd']) await writes.putEntry('user', id, `of ${id}`)
        await writes.putEntry('group', 'a', 'another kind')
      })
      const seen: string[] = []
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page: readonly StoredEntry[] = await store.entriesAfter('user', after, 2)
        for (const { id, document } of page) {
          expect(document).toBe(`of ${id}`)
          seen.push(id)
        }
        after = page.at(-1)?.id
      }
      expect(seen.toSorted()).toEqual(['a', 'a-', 'b', 'c', 'd'])
      expect(await store.entries('user')).toEqual(seen.map((id) => `of ${id}`))
    },
  },
  {
    title: 'follows the audit for the last uses of keys, from where it was left off, until a key is deleted',
    async run(open) {
      const [key, other] = [newKey(), newKey()]
      const record = (of: string, requestId: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
        requestId,
        at: 1,
        action: 'Encrypt',
        principal: null,
        accessKeyId: null,
        sourceIp: '::1',
        key: `arn:aws:kms:local-1:000000000001:key/${of}`,
        outcome: 'ok',
        ...more,
      })
      const before = await open()
      for (const one of [key, other]) await put(before, one)
      expect(await before.keyUsesSince()).toBe(0)
      const many = Array.from({ length: 4_500 }, (_, i) => record(key.id, `many ${i}`, { at: i }))
      await before.appendAudit([record(other.id, 'first'), record('gone', 'gone'), ...many])
      await before.followKeyUses()
      expect(await before.keyUse(key.id)).toEqual({ action: 'Encrypt', at: 4_499, requestId: 'many 4499' })
      expect(await before.keyUse(other.id)).toEqual({ action: 'Encrypt', at: 1, requestId: 'first' })
      expect(await before.keyUse('gone')).toBeNull()
      await before.close()
      const after = await open()
      await after.appendAudit([
        record(other.id, 'sign', { action: 'Sign', at: 9 }),
        record(other.id, 'shown', { action: 'DescribeKey', at: 10 }),
        record(other.id, 'refused', { outcome: 'AccessDenied', at: 11 }),
        record(key.id, 'of a clock behind', { at: 4_000 }),
      ])
      await Promise.all([after.followKeyUses(), after.followKeyUses()])
      expect(await after.keyUse(other.id)).toEqual({ action: 'Sign', at: 9, requestId: 'sign' })
      expect(await after.keyUse(key.id)).toMatchObject({ requestId: 'many 4499' })
      await after.transact((writes) => writes.deleteKey(key.id))
      expect(await after.keyUse(key.id)).toBeNull()
    },
  },
  {
    title: 'keeps the first answer of an id, over a reopening, until it is dropped or over',
    async run(open) {
      const before = await open()
      const claims = await Promise.all([1, 2, 3].map(() => before.claimAnswer('a', 1_000)))
      expect(claims.filter((claimed) => claimed)).toHaveLength(1)
      expect(await before.answer('a')).toBeNull()
      await before.keepAnswer('a', Buffer.from([0, 255]))
      await before.claimAnswer('b', 1_001)
      await before.close()
      const after = await open()
      expect(await after.claimAnswer('a', 2_000)).toBe(false)
      expect(Buffer.from((await after.answer('a')) ?? [])).toEqual(Buffer.from([0, 255]))
      await after.dropAnswersBefore(1_001)
      expect(await after.answer('a')).toBeNull()
      expect(await after.claimAnswer('a', 2_000)).toBe(true)
      expect(await after.claimAnswer('b', 2_000)).toBe(false)
      await after.dropAnswer('b')
      expect(await after.claimAnswer('b', 2_000)).toBe(true)
    },
  },
  {
    title: 'writes all of a transaction or nothing, and passes on what its work throws',
    async run(open) {
      const store = await open()
      const key = newKey()
      const failure = new RangeError('mine')
      const attempt = store.transact(async (writes) => {
        await writes.insertKey(key)
        throw failure
      })
      await expect(attempt).rejects.toBe(failure)
      expect(await store.key(key.id)).toBeNull()
      await put(store, key)
      await expect(put(store, key)).rejects.toMatchObject({ code: 'Unavailable' })
    },
  },
  {
    title: 'runs transactions on one key one after the other',
    async run(open) {
      const store = await open()
      const key = newKey()
      await put(store, key)
      const increment = () =>
        store.transact(async (writes) => {
          const now = await writes.key(key.id)
          if (now !== null) await writes.updateKey({ ...now, version: now.version + 1 })
        })
      await Promise.all(Array.from({ length: 20 }, increment))
      expect(await store.key(key.id)).toMatchObject({ version: 21 })
    },
  },
  {
    title: 'has an alias once',
    async run(open) {
      const store = await open()
      const [one, two] = [newKey(), newKey()]
      await put(store, one)
      await put(store, two)
      const give = (key: Key) => store.transact((writes) => writes.insertAlias('a', key.id, 1))
      const results = await Promise.allSettled([give(one), give(two)])
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      await expect(give(one)).rejects.toMatchObject({ code: 'AliasAlreadyExists' })
      await store.transact((writes) => writes.moveAlias('a', two.id))
      expect(await store.keyIdOfAlias('a')).toBe(two.id)
      expect(await store.transact((writes) => writes.deleteAlias('a'))).toBe(true)
      expect(await store.transact((writes) => writes.deleteAlias('a'))).toBe(false)
    },
  },
  {
    title: 'deletes a key with everything of it',
    async run(open) {
      const store = await open()
      const key = newKey()
      await store.transact(async (writes) => {
        await writes.insertKey(key)
        await writes.insertVersion(newVersion(key))
        await writes.insertAlias('a', key.id, 1)
        await writes.putTags(key.id, { n: '1' })
        await writes.putBinding(key.id, { product: 'p', resource: 'r' })
      })
      await store.transact((writes) => writes.deleteKey(key.id))
      expect(await store.key(key.id)).toBeNull()
      expect(await store.version(key.id, 1)).toBeNull()
      expect(await store.keyIdOfAlias('a')).toBeNull()
      expect(await store.tags(key.id)).toEqual({})
      expect(await store.bindings(key.id)).toEqual([])
    },
  },
  {
    title: 'finds what is due, the longest due first',
    async run(open) {
      const store = await open()
      const keys = [30, 10, 20, null].map((deletionAt) => newKey({ deletionAt }))
      for (const key of keys) await put(store, key)
      const ids = (at: number, limit = 9) => store.due('deletion', at, limit)
      const [late, early, middle] = keys.map(({ id }) => id)
      expect(await ids(9)).toEqual([])
      expect(await ids(20)).toEqual([early, middle])
      expect(await ids(99)).toEqual([early, middle, late])
      expect(await ids(99, 1)).toEqual([early])
      expect(await store.due('rotation', 99, 9)).toEqual([])
    },
  },
  {
    title: 'gives a job to one holder at a time, until the claim ends or is released',
    async run(open) {
      const store = await open()
      const tries = await Promise.all(Array.from({ length: 8 }, (_, i) => store.claim('job', `h${i}`, 0, 10)))
      expect(tries.filter(Boolean)).toHaveLength(1)
      const holder = `h${tries.indexOf(true)}`
      expect(await store.claim('job', 'other', 9, 19)).toBe(false)
      expect(await store.claim('job', 'other', 10, 20)).toBe(true)
      await store.release('job', holder)
      expect(await store.claim('job', 'third', 11, 21)).toBe(false)
      await store.release('job', 'other')
      expect(await store.claim('job', 'third', 11, 21)).toBe(true)
    },
  },
  {
    title: 'keeps the first value of a setting',
    async run(open) {
      const store = await open()
      const keep = (value: string) => store.transact((writes) => writes.keepSetting('s', value))
      const kept = await Promise.all([keep('1'), keep('2'), keep('3')])
      expect(new Set(kept).size).toBe(1)
      expect(await store.setting('s')).toBe(kept[0])
      expect(await store.setting('other')).toBeNull()
    },
  },
  {
    title: 'gives out each epoch once, over reopenings too',
    async run(open) {
      const store = await open()
      const epochs = [await store.nextEpoch(), await store.nextEpoch()]
      await store.close()
      expect([...epochs, await (await open()).nextEpoch()]).toEqual([1, 2, 3])
    },
  },
  {
    title: 'lists keys with their filters and aliases',
    async run(open) {
      const store = await open()
      const keys = ['x_1', 'x%2', 'y3'].map((alias, i) =>
        newKey({ createdAt: i, state: i === 1 ? 'Disabled' : 'Enabled', alias }),
      )
      for (const key of keys)
        await store.transact(async (writes) => {
          await writes.insertKey(key)
          await writes.insertAlias(key.alias, key.id, 1)
          await writes.putTags(key.id, { t: key.alias })
        })
      const list = async (query: object) => {
        const { keys, totalCount } = await store.listKeys({ offset: 0, limit: 10, ...query })
        return [keys.map(({ alias }) => alias), totalCount]
      }
      expect(await list({})).toEqual([['x_1', 'x%2', 'y3'], 3])
      expect(await list({ newestFirst: true, limit: 1 })).toEqual([['y3'], 3])
      expect(await list({ offset: 1, limit: 1 })).toEqual([['x%2'], 3])
      expect(await list({ states: ['Disabled'] })).toEqual([['x%2'], 1])
      expect(await list({ aliasContains: 'x_' })).toEqual([['x_1'], 1])
      expect(await list({ aliasContains: '%' })).toEqual([['x%2'], 1])
      expect(await list({ tags: [{ name: 't', values: ['y3', 'x_1'] }] })).toEqual([['x_1', 'y3'], 2])
      expect(await list({ specs: ['SM4'], use: 'SIGN_VERIFY', origin: 'EXTERNAL' })).toEqual([[], 0])
      expect((await store.listAliases({ limit: 2 })).map(({ alias }) => alias)).toHaveLength(2)
      const [first, ...more] = await store.listAliases({ limit: 3 })
      expect(await store.listAliases({ after: first?.alias ?? '', limit: 3 })).toEqual(more)
    },
  },
  {
    title: 'gives every key once to who reads the list page by page, and what a change left to who asks again',
    async run(open) {
      const store = await open()
      const made: string[] = []
      const add = async (createdAt: number) => {
        const key = newKey({ createdAt })
        made.push(key.id)
        await store.transact((writes) => writes.insertKey(key))
        return key
      }
      for (let at = 0; at < 7; at += 1) await add(at)
      const page = async (offset: number, limit: number, newestFirst: boolean) => {
        const { keys, totalCount } = await store.listKeys({ offset, limit, newestFirst })
        return { ids: keys.map(({ id }) => id), totalCount }
      }
      const all = async (limit: number, newestFirst: boolean) => {
        const ids: string[] = []
        for (;;) {
          const { ids: more, totalCount } = await page(ids.length, limit, newestFirst)
          expect(totalCount).toBe(made.length)
          ids.push(...more)
          if (more.length < limit) return ids
        }
      }
      for (const limit of [1, 2, 3, 7, 10]) {
        expect(await all(limit, false)).toEqual(made)
        expect(await all(limit, true)).toEqual(made.toReversed())
      }
      expect((await page(2, 2, false)).ids).toEqual(made.slice(2, 4))
      await add(7)
      expect(await page(2, 2, true)).toEqual({ ids: made.toReversed().slice(2, 4), totalCount: 8 })
      const [first] = made.splice(0, 1)
      await store.transact((writes) => writes.deleteKey(first ?? ''))
      expect(await page(2, 2, false)).toEqual({ ids: made.slice(2, 4), totalCount: 7 })
      expect(await page(100, 2, false)).toEqual({ ids: [], totalCount: 7 })
    },
  },
  {
    title: 'keeps audit records in their order, whatever their number',
    async run(open) {
      const store = await open()
      const record = (requestId: string) => ({
        requestId,
        at: 1,
        action: 'Encrypt',
        principal: null,
        accessKeyId: null,
        sourceIp: '::1',
        key: null,
        context: { 键: '值' },
        outcome: 'ok' as const,
      })
      const ids = Array.from({ length: 2_500 }, (_, i) => `r${i}`)
      await store.appendAudit(ids.slice(0, 2_400).map(record))
      await store.transact((writes) => writes.appendAudit(record('r2400')))
      await store.appendAudit(ids.slice(2_401).map(record))
      const read: string[] = []
      for (let after = 0; ; ) {
        const page = await store.listAudit({ after })
        read.push(...page.map(({ requestId }) => requestId))
        if (page.length < 1_000) break
        after = page.at(-1)?.sequence ?? 0
      }
      expect(read).toEqual(ids)
      expect((await store.listAudit({ newestFirst: true, limit: 1 }))[0]).toMatchObject(record('r2499'))
      for (const requestId of ['r0', 'r1999', 'r2000', 'r2001', 'r2499'])
        for (const newestFirst of [false, true])
          expect(await store.listAudit({ requestId, newestFirst, from: 0, to: 2 })).toMatchObject([record(requestId)])
      for (const none of [{ requestId: 'r2500' }, { from: 2 }, { to: 1 }, { requestId: 'r0', from: 2 }])
        expect(await store.listAudit(none)).toEqual([])
      const newest = await store.listAudit({ action: 'Encrypt', newestFirst: true })
      expect(newest.map(({ requestId }) => requestId)).toEqual(ids.toReversed().slice(0, 1_000))
    },
  },
]
