import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { Sm2PublicKey, sm2Encrypt } from '@hufu/crypto'
import type { EncryptionAlgorithm, ImportParametersInput } from '@hufu/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestKms, TestClock, type TestKms } from './open-test-kms.ts'

let test: TestKms
let clock: TestClock

beforeEach(async () => {
  clock = new TestClock()
  test = await openTestKms({ clock: clock.read })
})

afterEach(() => test.close())

const code = (code: string) => ({ code })
const HOUR = 3_600_000

const newKey = async () => (await test.keys().createKey({ origin: 'EXTERNAL' })).keyId

/** What the owner of the material does. */
function wrap(publicKey: Uint8Array, algorithm: EncryptionAlgorithm, material: Uint8Array): Uint8Array {
  if (algorithm === 'SM2PKE' || algorithm === 'SM2PKE_ASN1')
    return sm2Encrypt(Sm2PublicKey.fromSpki(publicKey), material, {
      format: algorithm === 'SM2PKE' ? 'C1C3C2' : 'C1C3C2_ASN1',
    })
  const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
  const padding = algorithm === 'RSAES_PKCS1_V1_5' ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING
  return publicEncrypt({ key, padding, oaepHash: algorithm === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1' }, material)
}

async function bring(keyId: string, material: Uint8Array, more: { validTo?: number } = {}): Promise<void> {
  const algorithm = 'SM2PKE'
  const { token, publicKey } = await test.keys().importParameters({ keyId, wrappingKeySpec: 'SM2', algorithm })
  await test.keys().importMaterial({ keyId, token, encryptedMaterial: wrap(publicKey, algorithm, material), ...more })
}

describe('imported material', () => {
  it.each<[ImportParametersInput['wrappingKeySpec'], EncryptionAlgorithm]>([
    ['RSA_2048', 'RSAES_PKCS1_V1_5'],
    ['RSA_2048', 'RSAES_OAEP_SHA_1'],
    ['RSA_2048', 'RSAES_OAEP_SHA_256'],
    ['SM2', 'SM2PKE'],
    ['SM2', 'SM2PKE_ASN1'],
  ])('comes in under %s, %s', async (wrappingKeySpec, algorithm) => {
    const keyId = await newKey()
    expect(await test.keys().describeKey(keyId)).toMatchObject({
      state: 'PendingImport',
      version: 0,
      origin: 'EXTERNAL',
    })
    await expect(test.keys().generateDataKey({ keyId })).rejects.toMatchObject(code('InvalidState'))
    const { token, publicKey, validTo } = await test.keys().importParameters({ keyId, wrappingKeySpec, algorithm })
    expect(validTo).toBe(clock.now + 24 * HOUR)
    const encryptedMaterial = wrap(publicKey, algorithm, randomBytes(32))
    await test.keys().importMaterial({ keyId, token, encryptedMaterial })
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'Enabled', version: 1 })
    const { ciphertext, plaintext } = await test.keys().generateDataKey({ keyId })
    expect(Buffer.from((await test.keys().decrypt({ ciphertext })).plaintext).equals(plaintext)).toBe(true)
  })

  it('is deleted, and only the same comes back', async () => {
    const keyId = await newKey()
    const material = randomBytes(32)
    await bring(keyId, material)
    const { ciphertext } = await test.keys().generateDataKey({ keyId })
    await test.keys().deleteImportedMaterial(keyId)
    await test.keys().deleteImportedMaterial(keyId)
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'PendingImport' })
    await expect(test.keys().decrypt({ ciphertext })).rejects.toMatchObject(code('InvalidState'))
    await expect(bring(keyId, randomBytes(32))).rejects.toMatchObject(code('MaterialMismatch'))
    await bring(keyId, material)
    await test.keys().decrypt({ ciphertext })
    await bring(keyId, material)
  })

  it('ends at its time, but not while something is bound to the key', async () => {
    const keyId = await newKey()
    const material = randomBytes(32)
    await bring(keyId, material, { validTo: clock.now + HOUR })
    expect(await test.keys().describeKey(keyId)).toMatchObject({ materialExpiresAt: clock.now + HOUR })
    clock.now += HOUR - 1
    await test.kms.runDueJobs()
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'Enabled' })
    clock.now += 1
    await test.kms.runDueJobs()
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'PendingImport', materialExpiresAt: null })
    await bring(keyId, material, { validTo: clock.now + HOUR })
    await test.keys().bindResource(keyId, { product: 's3', resource: 'photos' })
    clock.now += 2 * HOUR
    await test.kms.runDueJobs()
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'Enabled' })
    for (const validTo of [clock.now, 2_147_443_200_001, 1.5])
      await expect(bring(keyId, material, { validTo })).rejects.toMatchObject(code('InvalidParameter'))
  })

  it('is gone with a deletion that is cancelled after its end', async () => {
    const keyId = await newKey()
    await bring(keyId, randomBytes(32), { validTo: clock.now + HOUR })
    await test.keys().scheduleKeyDeletion({ keyId, windowDays: 7, disableFirst: true })
    clock.now += HOUR
    await test.kms.runDueJobs()
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'PendingDelete' })
    await test.keys().cancelKeyDeletion(keyId)
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'PendingImport' })
  })

  it('is not deleted while the key is to be deleted', async () => {
    const keyId = await newKey()
    await bring(keyId, randomBytes(32))
    await test.keys().scheduleKeyDeletion({ keyId, windowDays: 7, disableFirst: true })
    await expect(test.keys().deleteImportedMaterial(keyId)).rejects.toMatchObject(code('InvalidState'))
    await test.keys().cancelKeyDeletion(keyId)
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'Disabled' })
  })

  it('is not rotated', async () => {
    const keyId = await newKey()
    await bring(keyId, randomBytes(32))
    for (const attempt of [test.keys().rotateKey(keyId), test.keys().enableRotation(keyId)])
      await expect(attempt).rejects.toMatchObject(code('ExternalKeyNotRotated'))
  })
})

describe('an import token', () => {
  const parameters = (keyId: string) =>
    test.keys().importParameters({ keyId, wrappingKeySpec: 'SM2', algorithm: 'SM2PKE' })

  it('serves once, for its key, for 24 hours', async () => {
    const [keyId, other] = [await newKey(), await newKey()]
    const { token, publicKey } = await parameters(keyId)
    const encryptedMaterial = wrap(publicKey, 'SM2PKE', randomBytes(32))
    const attempt = (more: object = {}) => test.keys().importMaterial({ keyId, token, encryptedMaterial, ...more })
    for (const wrong of [{ keyId: other }, { token: randomBytes(32) }, { token: Buffer.alloc(0) }])
      await expect(attempt(wrong)).rejects.toMatchObject(code('ImportTokenInvalid'))
    clock.now += 24 * HOUR
    await expect(attempt()).rejects.toMatchObject(code('ImportTokenExpired'))
    clock.now -= 1
    await attempt()
    await expect(attempt()).rejects.toMatchObject(code('ImportTokenInvalid'))
  })

  it('is not spent by material that is not right', async () => {
    const keyId = await newKey()
    const { token, publicKey } = await parameters(keyId)
    const attempt = (encryptedMaterial: Uint8Array) => test.keys().importMaterial({ keyId, token, encryptedMaterial })
    for (const size of [1, 16, 31, 33])
      await expect(attempt(wrap(publicKey, 'SM2PKE', randomBytes(size)))).rejects.toMatchObject(code('InvalidMaterial'))
    await expect(attempt(randomBytes(128))).rejects.toMatchObject(code('InvalidMaterial'))
    await attempt(wrap(publicKey, 'SM2PKE', randomBytes(32)))
  })

  it('is given for keys of origin EXTERNAL and symmetric kinds only', async () => {
    const { keyId } = await test.keys().createKey({})
    await expect(parameters(keyId)).rejects.toMatchObject(code('NotExternal'))
    await expect(test.keys().deleteImportedMaterial(keyId)).rejects.toMatchObject(code('NotExternal'))
    await expect(test.keys().createKey({ origin: 'EXTERNAL', spec: 'RSA_2048' })).rejects.toMatchObject(
      code('NotSupported'),
    )
    const mixed = test
      .keys()
      .importParameters({ keyId: await newKey(), wrappingKeySpec: 'SM2', algorithm: 'RSAES_OAEP_SHA_1' })
    await expect(mixed).rejects.toMatchObject(code('InvalidParameter'))
  })
})
