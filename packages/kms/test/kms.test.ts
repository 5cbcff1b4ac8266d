import { isHufuError } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestKms, ROOT, type TestKms } from './open-test-kms.ts'

let test: TestKms

beforeAll(async () => {
  test = await openTestKms()
})

afterAll(() => test.close())

const code = (code: string) => ({ code })

describe('small data', () => {
  it('is decrypted under the same context only, whatever its order', async () => {
    const { keyId, arn } = await test.keys().createKey({})
    const context = { b: '2', a: '1' }
    const encrypted = await test.keys().encrypt({ keyId, plaintext: Buffer.from('虎符'), context })
    expect(encrypted.keyId).toBe(arn)
    const { ciphertext } = encrypted
    const opened = await test.keys().decrypt({ ciphertext, context: { a: '1', b: '2' } })
    expect(Buffer.from(opened.plaintext).toString()).toBe('虎符')
    for (const wrong of [undefined, {}, { a: '1' }, { a: '1', b: '3' }, { a: '12', b: '' }])
      await expect(
        test.keys().decrypt({ ciphertext, ...(wrong === undefined ? {} : { context: wrong }) }),
      ).rejects.toMatchObject(code('DecryptionFailed'))
  })

  it('has 1 to 4,096 bytes', async () => {
    const { keyId } = await test.keys().createKey({})
    for (const size of [1, 4_096]) {
      const { ciphertext } = await test.keys().encrypt({ keyId, plaintext: new Uint8Array(size) })
      expect((await test.keys().decrypt({ ciphertext })).plaintext.length).toBe(size)
    }
    for (const size of [0, 4_097])
      await expect(test.keys().encrypt({ keyId, plaintext: new Uint8Array(size) })).rejects.toMatchObject(
        code('PlaintextTooLarge'),
      )
  })

  it('is refused when any bit of the ciphertext changed', async () => {
    const { keyId } = await test.keys().createKey({})
    const { ciphertext } = await test.keys().encrypt({ keyId, plaintext: Buffer.from('x') })
    for (const index of ciphertext.keys()) {
      const changed = ciphertext.map((byte, i) => (i === index ? byte ^ 1 : byte))
      const refused = await test
        .keys()
        .decrypt({ ciphertext: changed })
        .then(() => 'opened', String)
      expect(refused).toMatch(index >= 6 && index < 22 ? /expected the name of a key/ : /ciphertext/)
    }
  })

  it('is refused when the caller expects another key', async () => {
    const [one, two] = [await test.keys().createKey({ alias: 'one' }), await test.keys().createKey({})]
    const { ciphertext } = await test.keys().encrypt({ keyId: 'alias/one', plaintext: Buffer.from('x') })
    for (const keyId of [one.keyId, one.arn, 'alias/one']) await test.keys().decrypt({ ciphertext, keyId })
    await expect(test.keys().decrypt({ ciphertext, keyId: two.keyId })).rejects.toMatchObject(code('KeyMismatch'))
  })
})

describe('data keys', () => {
  it('have 1 to 1,024 bytes, 32 unless told otherwise', async () => {
    const { keyId } = await test.keys().createKey({})
    expect((await test.keys().generateDataKey({ keyId })).plaintext.length).toBe(32)
    for (const numberOfBytes of [1, 1_024]) {
      const made = await test.keys().generateDataKey({ keyId, numberOfBytes })
      expect(await test.keys().decrypt({ ciphertext: made.ciphertext })).toEqual({
        plaintext: made.plaintext,
        keyId: made.keyId,
      })
    }
    for (const numberOfBytes of [0, 1_025, 1.5, Number.NaN])
      await expect(test.keys().generateDataKey({ keyId, numberOfBytes })).rejects.toMatchObject(
        code('InvalidParameter'),
      )
  })
})

describe('re-encryption', () => {
  it('moves to another key and context', async () => {
    const [from, to] = [await test.keys().createKey({}), await test.keys().createKey({})]
    const { ciphertext } = await test
      .keys()
      .encrypt({ keyId: from.keyId, plaintext: Buffer.from('x'), context: { a: '1' } })
    const moved = await test.keys().reEncrypt({
      ciphertext,
      sourceContext: { a: '1' },
      destinationKeyId: to.keyId,
      destinationContext: { b: '2' },
    })
    expect(moved).toMatchObject({ keyId: to.arn, sourceKeyId: from.arn, reEncrypted: true })
    const opened = await test.keys().decrypt({ ciphertext: moved.ciphertext, context: { b: '2' } })
    expect(Buffer.from(opened.plaintext).toString()).toBe('x')
  })

  it('says that nothing changed under the newest version of the same key', async () => {
    const { keyId } = await test.keys().createKey({})
    const { ciphertext } = await test.keys().encrypt({ keyId, plaintext: Buffer.from('x') })
    expect(await test.keys().reEncrypt({ ciphertext })).toMatchObject({ ciphertext, reEncrypted: false })
  })
})

describe('keys', () => {
  it('are found by id, ARN and alias', async () => {
    const made = await test.keys().createKey({ alias: 'find/me_1', description: '描述' })
    expect(made).toMatchObject({ alias: 'find/me_1', state: 'Enabled', version: 1, creator: ROOT, description: '描述' })
    for (const name of [made.keyId, made.arn, 'alias/find/me_1', made.arn.replace(/key\/.*/, 'alias/find/me_1')])
      expect(await test.keys().describeKey(name)).toEqual(made)
  })

  it('are not found by another name', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000'
    for (const name of [unknown, 'alias/nothing', `arn:aws:kms:elsewhere:000000000001:key/${unknown}`])
      await expect(test.keys().describeKey(name)).rejects.toMatchObject(code('KeyNotFound'))
    for (const name of ['', 'x', 'alias/', 'alias/\u{10ffff}', '../etc'])
      await expect(test.keys().describeKey(name)).rejects.toMatchObject(code('InvalidKeyId'))
  })

  it('have one alias only once, of allowed characters', async () => {
    await test.keys().createKey({ alias: 'taken' })
    await expect(test.keys().createKey({ alias: 'taken' })).rejects.toMatchObject(code('AliasAlreadyExists'))
    for (const alias of ['钥匙', 'a b', '-a', 'kms-x', 'aws/x', 'a'.repeat(251)])
      await expect(test.keys().createKey({ alias })).rejects.toMatchObject(code('InvalidAlias'))
    await test.keys().createKey({ alias: 'a'.repeat(250) })
  })

  it('are listed in pages, in the order of their making', async () => {
    const made = [await test.keys().createKey({}), await test.keys().createKey({}), await test.keys().createKey({})]
    const { totalCount } = await test.keys().listKeys({ limit: 1 })
    const { keys } = await test.keys().listKeys({ offset: totalCount - 3, limit: 3 })
    expect(keys.map(({ keyId }) => keyId).sort()).toEqual(made.map(({ keyId }) => keyId).sort())
    for (const page of [{ offset: -1 }, { limit: 0 }, { limit: 1_001 }])
      await expect(test.keys().listKeys(page)).rejects.toMatchObject(code('InvalidParameter'))
  })

  it('that are disabled are refused until they are enabled', async () => {
    const { keyId } = await test.keys().createKey({})
    const { ciphertext } = await test.keys().generateDataKey({ keyId })
    const heard: unknown[] = []
    const stop = test.kms.events.subscribe((event) => heard.push(event))
    await test.keys().disableKey(keyId)
    await expect(test.keys().decrypt({ ciphertext })).rejects.toMatchObject(code('KeyDisabled'))
    await expect(test.keys().generateDataKey({ keyId })).rejects.toMatchObject(code('KeyDisabled'))
    await test.keys().enableKey(keyId)
    await test.keys().decrypt({ ciphertext })
    stop()
    expect(heard).toEqual([
      { keyId, change: 'state' },
      { keyId, change: 'state' },
    ])
  })
})

describe('callers', () => {
  it('other than root may do nothing, and learn nothing', async () => {
    const { keyId } = await test.keys().createKey({})
    const stranger = test.keys('arn:aws:iam::000000000001:user/mallory')
    for (const attempt of [
      () => stranger.describeKey(keyId),
      () => stranger.describeKey('alias/nothing'),
      () => stranger.generateDataKey({ keyId }),
      () => stranger.createKey({}),
      () => stranger.listKeys(),
      () => stranger.disableKey(keyId),
      () => stranger.generateRandom(1),
    ])
      await expect(attempt()).rejects.toSatisfy((error) => isHufuError(error, 'AccessDenied'))
  })
})
