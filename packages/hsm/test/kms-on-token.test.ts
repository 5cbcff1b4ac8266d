import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sm2PublicKey, sm2Encrypt } from '@hufu/crypto'
import { type KeySpec, type Kms, openKms } from '@hufu/kms'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBackend } from '../src/index.ts'

let dir: string
let kms: Kms

const open = async (pkcs11: 'auto' | 'off'): Promise<Kms> =>
  openKms({
    store: { client: 'sqlite', file: join(dir, 'kms.db') },
    backend: await openBackend({ dir: join(dir, 'token'), pkcs11 }),
    region: 'local-1',
    accountId: '000000000001',
  })

const keys = () =>
  kms.as({
    principal: 'arn:aws:iam::000000000001:root',
    accessKeyId: 'AKIATEST',
    requestId: randomUUID(),
    sourceIp: '127.0.0.1',
  })

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-hsm-'))
  kms = await open('auto')
})

afterEach(async () => {
  await kms.close()
  await rm(dir, { recursive: true })
})

const reopen = async (): Promise<void> => {
  await kms.close()
  kms = await open('auto')
}

describe('the service on SoftHSM2', () => {
  it('tells the truth about where each kind of key is used', async () => {
    const expected: Record<KeySpec, string> = {
      AES_256: 'HSM',
      SM4: 'SOFTWARE',
      RSA_2048: 'HSM',
      RSA_3072: 'HSM',
      RSA_4096: 'HSM',
      ECC_NIST_P256: 'HSM',
      ECC_NIST_P384: 'HSM',
      ECC_NIST_P521: 'HSM',
      ECC_NIST_EDWARDS25519: 'SOFTWARE',
      SM2: 'SOFTWARE',
      HMAC_224: 'HSM',
      HMAC_256: 'HSM',
      HMAC_384: 'HSM',
      HMAC_512: 'HSM',
      ML_DSA_65: 'SOFTWARE',
      ML_KEM_512: 'SOFTWARE',
      ML_KEM_768: 'SOFTWARE',
      ML_KEM_1024: 'SOFTWARE',
      ML_KEM_768_X25519: 'SOFTWARE',
      ML_KEM_768_SM2: 'SOFTWARE',
    }
    for (const spec of ['AES_256', 'SM4', 'ECC_NIST_P256', 'SM2', 'HMAC_256'] as const)
      expect(await keys().createKey({ spec })).toMatchObject({ spec, protectionLevel: expected[spec] })
    for (const [spec, level] of Object.entries(expected)) expect(kms.backend.protection(spec as KeySpec)).toBe(level)
  })

  it('decrypts, verifies and rotates over restarts', async () => {
    const { secretAccessKey } = await kms.bootstrap()
    const aes = await keys().createKey({ spec: 'AES_256' })
    const sm4 = await keys().createKey({ spec: 'SM4' })
    const ec = await keys().createKey({ spec: 'ECC_NIST_P256' })
    const message = Buffer.from('虎符')
    const sealed = [aes, sm4].map(({ keyId }) => keys().encrypt({ keyId, plaintext: message, context: { a: '1' } }))
    const signing = { keyId: ec.keyId, message, messageType: 'RAW', algorithm: 'ECDSA_SHA_256' } as const
    const { signature } = await keys().sign(signing)
    const ciphertexts = (await Promise.all(sealed)).map(({ ciphertext }) => ciphertext)
    await keys().rotateKey(aes.keyId)
    await keys().rotateKey(sm4.keyId)
    await reopen()
    for (const ciphertext of ciphertexts) {
      const { plaintext } = await keys().decrypt({ ciphertext, context: { a: '1' } })
      expect(Buffer.from(plaintext)).toEqual(message)
      expect(await keys().reEncrypt({ ciphertext, sourceContext: { a: '1' } })).toMatchObject({ reEncrypted: true })
    }
    expect(await keys().verify({ ...signing, signature })).toBe(true)
    expect((await kms.bootstrap()).secretAccessKey).toBe(secretAccessKey)
  })

  it('takes imported material, for AES into the token', async () => {
    for (const [spec, size, level] of [
      ['AES_256', 32, 'HSM'],
      ['SM4', 16, 'SOFTWARE'],
    ] as const) {
      const { keyId, protectionLevel } = await keys().createKey({ spec, origin: 'EXTERNAL' })
      expect(protectionLevel).toBe(level)
      const wrapping = { keyId, wrappingKeySpec: 'SM2', algorithm: 'SM2PKE' } as const
      const { token, publicKey } = await keys().importParameters(wrapping)
      const encryptedMaterial = sm2Encrypt(Sm2PublicKey.fromSpki(publicKey), randomBytes(size))
      await keys().importMaterial({ keyId, token, encryptedMaterial })
      const { ciphertext, plaintext } = await keys().generateDataKey({ keyId })
      await reopen()
      expect(Buffer.from((await keys().decrypt({ ciphertext })).plaintext).equals(plaintext)).toBe(true)
    }
  })

  it('is refused on another token', async () => {
    await kms.close()
    await rm(join(dir, 'token'), { recursive: true })
    const backend = await openBackend({ dir: join(dir, 'token'), pkcs11: 'off' })
    const place = { region: 'local-1', accountId: '000000000001' }
    const elsewhere = openKms({ store: { client: 'sqlite', file: join(dir, 'kms.db') }, backend, ...place })
    await expect(elsewhere).rejects.toMatchObject({ code: 'Integrity' })
    await backend.close()
  })
})
