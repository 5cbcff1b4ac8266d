import type { KeyPlace, KeysAfter } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestKms, type TestKms } from './open-test-kms.ts'

let test: TestKms

beforeAll(async () => {
  test = await openTestKms()
})

afterAll(() => test.close())

const code = (code: string) => ({ code })

describe('aliases', () => {
  it('move from key to key in one step, and old ciphertexts stay with their key', async () => {
    const [one, two] = [await test.keys().createKey({ alias: 'current' }), await test.keys().createKey({})]
    const { ciphertext } = await test.keys().encrypt({ keyId: 'alias/current', plaintext: Buffer.from('x') })
    await test.keys().moveAlias('current', two.keyId)
    expect((await test.keys().describeKey('alias/current')).keyId).toBe(two.keyId)
    expect(await test.keys().describeKey(one.keyId)).toMatchObject({ alias: '' })
    expect((await test.keys().decrypt({ ciphertext })).keyId).toBe(one.arn)
    await expect(test.keys().moveAlias('nothing', two.keyId)).rejects.toMatchObject(code('AliasNotFound'))
  })

  it('are several for one key, the oldest of which is shown', async () => {
    const { keyId } = await test.keys().createKey({ alias: 'm-first' })
    await test.keys().createAlias('a-second', keyId)
    expect(await test.keys().describeKey('alias/a-second')).toMatchObject({ keyId, alias: 'm-first' })
    const { aliases, next } = await test.keys().listAliases({ keyId })
    expect([aliases.map(({ alias }) => alias), next]).toEqual([['a-second', 'm-first'], null])
    const first = await test.keys().listAliases({ keyId, limit: 1 })
    expect(first).toMatchObject({ aliases: [{ alias: 'a-second' }], next: 'a-second' })
    expect(await test.keys().listAliases({ keyId, limit: 1, after: 'a-second' })).toMatchObject({
      aliases: [{ alias: 'm-first' }],
      next: null,
    })
    await test.keys().renameKey(keyId, 'only')
    expect((await test.keys().listAliases({ keyId })).aliases).toMatchObject([{ alias: 'only', keyId }])
    await test.keys().renameKey(keyId, 'only')
    await test.keys().deleteAlias('only')
    await expect(test.keys().describeKey('alias/only')).rejects.toMatchObject(code('KeyNotFound'))
  })

  it('of another key are not taken over by a renaming', async () => {
    const [one] = [await test.keys().createKey({ alias: 'mine' }), await test.keys().createKey({ alias: 'theirs' })]
    await expect(test.keys().renameKey(one.keyId, 'theirs')).rejects.toMatchObject(code('AliasAlreadyExists'))
    expect(await test.keys().describeKey('alias/mine')).toMatchObject({ keyId: one.keyId })
  })
})

describe('tags', () => {
  it('are added, replaced and removed', async () => {
    const { keyId } = await test.keys().createKey({ tags: { team: 'a', 环境: '生产' } })
    await test.keys().tagKey(keyId, { team: 'b', cost: '' })
    expect(await test.keys().listTags(keyId)).toEqual({ team: 'b', cost: '', 环境: '生产' })
    await test.keys().untagKey(keyId, ['team', 'never'])
    expect(await test.keys().listTags(keyId)).toEqual({ cost: '', 环境: '生产' })
  })

  it('are at most 50, of limited length', async () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, '']))
    const { keyId } = await test.keys().createKey({ tags: many(49) })
    await test.keys().tagKey(keyId, { last: '' })
    for (const tags of [{ more: '' }, { ['n'.repeat(129)]: '' }, { t0: 'v'.repeat(257) }, { '': '' }])
      await expect(test.keys().tagKey(keyId, tags)).rejects.toMatchObject(code('InvalidTag'))
    await expect(test.keys().createKey({ tags: many(51) })).rejects.toMatchObject(code('InvalidTag'))
    await test.keys().untagKey(keyId, ['t0'])
    await test.keys().tagKey(keyId, { ['n'.repeat(128)]: 'v'.repeat(256) })
  })
})

describe('lists of keys', () => {
  it('are filtered by state, alias, tags and kind, in either order', async () => {
    const mark = { list: 'here' }
    const made = []
    for (const alias of ['p_a-x', 'p-b', 'q-c'])
      made.push(await test.keys().createKey({ alias, tags: { ...mark, alias } }))
    const [first, second, third] = made.map(({ keyId }) => keyId)
    await test.keys().disableKey(second ?? '')
    const list = async (query: object) => {
      const { keys, totalCount } = await test
        .keys()
        .listKeys({ tags: [{ name: 'list', values: ['here', 'there'] }], ...query })
      expect(totalCount).toBe(keys.length)
      return keys.map(({ keyId }) => keyId)
    }
    const sorted = async (query: object) => (await list(query)).sort()
    const all = [first, second, third].sort()
    expect(await sorted({})).toEqual(all)
    expect((await list({ newestFirst: true })).reverse()).toEqual(await list({}))
    expect(await list({ states: ['Disabled'] })).toEqual([second])
    expect(await sorted({ states: ['Enabled', 'Disabled'] })).toEqual(all)
    expect(await sorted({ aliasContains: 'p' })).toEqual([first, second].sort())
    expect(await list({ aliasContains: '_a' })).toEqual([first])
    for (const aliasContains of ["'; --", '%', '-_']) expect(await list({ aliasContains })).toEqual([])
    expect(await list({ tags: [{ name: 'alias', values: ['q-c'] }] })).toEqual([third])
    expect(await sorted({ tags: [{ name: 'list', values: [] }] })).toEqual(all)
    expect(await list({ origin: 'EXTERNAL' })).toEqual([])
    expect(await list({ specs: ['SM4'] })).toEqual([])
    expect(await sorted({ use: 'ENCRYPT_DECRYPT', specs: ['AES_256'] })).toEqual(all)
  })
})

describe('pages of keys', () => {
  it('have each key once, in the order of their making, whatever is made between them', async () => {
    const own = await openTestKms()
    try {
      const made: string[] = []
      for (let number = 0; number < 25; number++) made.push((await own.keys().createKey({})).keyId)
      const found: string[] = []
      let place: KeyPlace | null = null
      do {
        const page: KeysAfter = await own.keys().keysAfter(place, 7)
        found.push(...page.keys.map(({ keyId }) => keyId))
        place = page.next
      } while (place !== null)
      expect([...found].sort()).toEqual([...made].sort())
      expect((await own.keys().keysAfter(null, 25)).next).toBeNull()
      expect((await own.keys().keysAfter(null, 24)).next).not.toBeNull()
      for (const limit of [0, 1_001])
        await expect(own.keys().keysAfter(null, limit)).rejects.toMatchObject(code('InvalidParameter'))
    } finally {
      await own.close()
    }
  })
})
