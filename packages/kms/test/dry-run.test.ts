import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { caller, openTestKms, ROOT, type TestKms } from './open-test-kms.ts'

let test: TestKms

beforeEach(async () => {
  test = await openTestKms()
})

afterEach(() => test.close())

const dry = (principal = ROOT) => test.kms.as(caller(principal), { dryRun: true })
const code = (code: string) => ({ code })

describe('a dry run', () => {
  it('says that what it would do would succeed, changes nothing, and is audited as what it was', async () => {
    const { keyId, arn } = await test.keys().createKey({ description: 'before' })
    const { grantId, token } = await test.keys().createGrant({ keyId, grantee: ROOT, operations: ['Encrypt'] })
    const heard: unknown[] = []
    test.kms.events.subscribe((event) => heard.push(event))
    for (const attempt of [
      () => dry().disableKey(keyId),
      () => dry().updateDescription(keyId, 'after'),
      () => dry().createKey({ alias: 'made-dry' }),
      () => dry().createAlias('given-dry', keyId),
      () => dry().rotateKey(keyId),
      () => dry().hostDataKey({ keyId, name: 'kept-dry' }),
      () => dry().createGrant({ keyId, grantee: ROOT, operations: ['Encrypt'] }),
      () => dry().revokeGrant(keyId, grantId),
      () => dry().retireGrant({ token }),
    ])
      await expect(attempt()).rejects.toMatchObject(code('DryRun'))
    expect(await test.keys().describeKey(keyId)).toMatchObject({
      state: 'Enabled',
      description: 'before',
      alias: '',
      version: 1,
    })
    expect((await test.keys().listKeys()).totalCount).toBe(1)
    expect(await test.keys().listGrants(keyId)).toMatchObject([{ grantId }])
    expect(heard).toEqual([])
    expect(await test.kms.audit.list({ outcome: 'DryRun' })).toHaveLength(9)
    expect((await test.kms.audit.list({ outcome: 'DryRun' }))[0]).toMatchObject({ action: 'DisableKey', key: arn })
  })

  it('of a use gives nothing away', async () => {
    const { keyId } = await test.keys().createKey({})
    const { ciphertext } = await test.keys().encrypt({ keyId, plaintext: Buffer.from('x') })
    for (const attempt of [
      () => dry().encrypt({ keyId, plaintext: Buffer.from('x') }),
      () => dry().decrypt({ ciphertext }),
      () => dry().generateDataKey({ keyId }),
      () => dry().reEncrypt({ ciphertext }),
    ])
      await expect(attempt()).rejects.toMatchObject(code('DryRun'))
  })

  it('of what would not succeed is refused as that would be', async () => {
    const { keyId } = await test.keys().createKey({})
    const { ciphertext } = await test.keys().encrypt({ keyId, plaintext: Buffer.from('x'), context: { a: '1' } })
    const mac = await test.keys().createKey({ spec: 'HMAC_256', use: 'GENERATE_VERIFY_MAC' })
    await expect(dry().decrypt({ ciphertext })).rejects.toMatchObject(code('DecryptionFailed'))
    await expect(dry(`${ROOT}x`).disableKey(keyId)).rejects.toMatchObject(code('AccessDenied'))
    await expect(dry().describeKey(randomUUID())).rejects.toMatchObject(code('KeyNotFound'))
    expect(await dry().verifyMac(mac.keyId, Buffer.from('x'), Buffer.alloc(32), 'HMAC_SHA_256')).toBe(false)
    await test.keys().disableKey(keyId)
    await expect(dry().generateDataKey({ keyId })).rejects.toMatchObject(code('KeyDisabled'))
  })
})
