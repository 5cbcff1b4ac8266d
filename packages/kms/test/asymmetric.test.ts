import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  verify,
} from 'node:crypto'
import { Secret, Sm2PrivateKey, Sm2PublicKey, sm2Decrypt, sm2Verify } from '@hufu/crypto'
import {
  type EncryptionAlgorithm,
  type KeyMetadata,
  type KeySpec,
  type KeyUse,
  keyKinds,
  type SigningAlgorithm,
} from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signings } from '../src/algorithms/signing.ts'
import { openTestKms, type TestKms } from './open-test-kms.ts'

let test: TestKms

beforeAll(async () => {
  test = await openTestKms()
})

afterAll(() => test.close())

const code = (code: string) => ({ code })
const message = Buffer.from('虎符')
const rsa = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const

/** Large keys take long to make: those of the same kind and number are the same. */
const keysMade = new Map<string, Promise<KeyMetadata>>()

function keyOf(spec: KeySpec, use: KeyUse, number = 1): Promise<KeyMetadata> {
  const name = `${spec} ${use} ${number}`
  const key = keysMade.get(name) ?? test.keys().createKey({ spec, use })
  keysMade.set(name, key)
  return key
}

const signing = [...rsa, 'ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_NIST_EDWARDS25519', 'SM2'] as const

describe.each(signing)('signatures of %s', (spec) => {
  it.each(keyKinds[spec].signing)('%s: of messages and of digests, and of nothing else', async (algorithm) => {
    const { keyId, arn } = await keyOf(spec, 'SIGN_VERIFY')
    const signed = await test.keys().sign({ keyId, message, messageType: 'RAW', algorithm })
    expect(signed.keyId).toBe(arn)
    const check = (more: object) =>
      test.keys().verify({ keyId, message, messageType: 'RAW', algorithm, signature: signed.signature, ...more })
    expect(await check({})).toBe(true)
    expect(await check({ message: Buffer.from('虎') })).toBe(false)
    for (const index of [0, 5, signed.signature.length - 1])
      expect(await check({ signature: signed.signature.map((byte, i) => (i === index ? byte ^ 1 : byte)) })).toBe(false)
    for (const signature of [Buffer.alloc(0), Buffer.of(1), Buffer.alloc(signed.signature.length, 0xff)])
      expect(await check({ signature })).toBe(false)
    const { digest } = signings[algorithm]
    if (digest !== 'sm3' && digest !== 'none') {
      const hashed = createHash(digest).update(message).digest()
      expect(await check({ message: hashed, messageType: 'DIGEST' })).toBe(true)
      const again = await test.keys().sign({ keyId, message: hashed, messageType: 'DIGEST', algorithm })
      expect(await check({ signature: again.signature })).toBe(true)
    }
    await expect(check({ message: Buffer.alloc(31), messageType: 'DIGEST' })).rejects.toMatchObject(
      code('InvalidParameter'),
    )
    for (const size of [0, 4_097])
      await expect(check({ message: Buffer.alloc(size) })).rejects.toMatchObject(code('InvalidParameter'))
  })
})

describe('public keys', () => {
  it('verify elsewhere what is signed here', async () => {
    const ec = await test.keys().createKey({ spec: 'ECC_NIST_P256' })
    const { signature } = await test
      .keys()
      .sign({ keyId: ec.keyId, message, messageType: 'RAW', algorithm: 'ECDSA_SHA_256' })
    const { publicKey } = await test.keys().getPublicKey(ec.keyId)
    expect(
      verify(
        'sha256',
        message,
        createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' }),
        signature,
      ),
    ).toBe(true)
    const sm2 = await test.keys().createKey({ spec: 'SM2', use: 'SIGN_VERIFY' })
    const signed = await test.keys().sign({ keyId: sm2.keyId, message, messageType: 'RAW', algorithm: 'SM2DSA' })
    const spki = (await test.keys().getPublicKey(sm2.keyId)).publicKey
    expect(sm2Verify(Sm2PublicKey.fromSpki(spki), message, signed.signature, { userId: '1234567812345678' })).toBe(true)
  })

  it('are not those of symmetric keys', async () => {
    const { keyId } = await test.keys().createKey({})
    await expect(test.keys().getPublicKey(keyId)).rejects.toMatchObject(code('InvalidKeyUsage'))
  })
})

describe('asymmetric encryption', () => {
  it.each(
    (['RSA_2048', 'RSA_3072', 'SM2'] as const).flatMap((spec) =>
      keyKinds[spec].encryption.map((algorithm) => [spec, algorithm] as const),
    ),
  )('%s, %s: is decrypted by its key only', async (spec, algorithm) => {
    const [key, other] = [await made(spec), await made(spec, 2)]
    const { ciphertext } = await test.keys().publicEncrypt({ keyId: key, plaintext: message, algorithm })
    const { plaintext } = await test.keys().privateDecrypt({ keyId: key, ciphertext, algorithm })
    expect(Buffer.from(plaintext)).toEqual(message)
    await expect(test.keys().privateDecrypt({ keyId: other, ciphertext, algorithm })).rejects.toMatchObject(
      code('PrivateDecryptionFailed'),
    )
  })

  it('is limited by the size of the key', async () => {
    const keyId = await made('RSA_2048')
    for (const [algorithm, room] of [
      ['RSAES_PKCS1_V1_5', 245],
      ['RSAES_OAEP_SHA_1', 214],
      ['RSAES_OAEP_SHA_256', 190],
    ] as const) {
      await test.keys().publicEncrypt({ keyId, plaintext: Buffer.alloc(room), algorithm })
      const over = test.keys().publicEncrypt({ keyId, plaintext: Buffer.alloc(room + 1), algorithm })
      await expect(over).rejects.toMatchObject(code('PlaintextTooLarge'))
    }
  })

  const made = async (spec: KeySpec, number = 1) => (await keyOf(spec, 'ENCRYPT_DECRYPT', number)).keyId
})

describe('keys are used for what they were made for:', () => {
  it.each<[KeySpec, 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC']>([
    ['AES_256', 'ENCRYPT_DECRYPT'],
    ['RSA_2048', 'ENCRYPT_DECRYPT'],
    ['RSA_2048', 'SIGN_VERIFY'],
    ['SM2', 'ENCRYPT_DECRYPT'],
    ['SM2', 'SIGN_VERIFY'],
    ['HMAC_256', 'GENERATE_VERIFY_MAC'],
  ])('%s for %s', async (spec, use) => {
    const { keyId } = await keyOf(spec, use)
    const symmetric = spec === 'AES_256'
    const refused = async (possible: boolean, attempt: Promise<unknown>) =>
      possible ? attempt : expect(attempt).rejects.toMatchObject(code('InvalidKeyUsage'))
    await refused(symmetric, test.keys().encrypt({ keyId, plaintext: message }))
    await refused(symmetric, test.keys().generateDataKey({ keyId }))
    await refused(use === 'GENERATE_VERIFY_MAC', test.keys().generateMac(keyId, message))
    const signing: SigningAlgorithm = spec === 'SM2' ? 'SM2DSA' : 'RSASSA_PSS_SHA_256'
    await refused(use === 'SIGN_VERIFY', test.keys().sign({ keyId, message, messageType: 'RAW', algorithm: signing }))
    const algorithm: EncryptionAlgorithm = spec === 'SM2' ? 'SM2PKE' : 'RSAES_OAEP_SHA_1'
    await refused(
      use === 'ENCRYPT_DECRYPT' && !symmetric,
      test.keys().publicEncrypt({ keyId, plaintext: message, algorithm }),
    )
  })

  it('a use that the spec does not have is refused', async () => {
    for (const input of [
      { spec: 'AES_256', use: 'SIGN_VERIFY' },
      { spec: 'ECC_NIST_P256', use: 'ENCRYPT_DECRYPT' },
    ] as const)
      await expect(test.keys().createKey(input)).rejects.toMatchObject(code('InvalidKeyUsage'))
    const { keyId } = await keyOf('RSA_2048', 'ENCRYPT_DECRYPT')
    await expect(test.keys().rotateKey(keyId)).rejects.toMatchObject(code('RotationNotSupported'))
  })
})

describe('MACs', () => {
  it('verify under their key, of their message', async () => {
    const { keyId } = await test.keys().createKey({ spec: 'HMAC_256' })
    const { mac } = await test.keys().generateMac(keyId, message)
    expect(await test.keys().verifyMac(keyId, message, mac)).toBe(true)
    expect(await test.keys().verifyMac(keyId, Buffer.from('虎'), mac)).toBe(false)
    expect(await test.keys().verifyMac(keyId, message, mac.subarray(1))).toBe(false)
  })
})

describe('plaintext for a recipient', () => {
  it('crosses encrypted to an RSA key or an SM2 key', async () => {
    const { keyId } = await test.keys().createKey({})
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const recipient = { publicKey, algorithm: 'RSAES_OAEP_SHA_256' } as const
    const made = await test.keys().generateDataKey({ keyId, recipient })
    const opened = privateDecrypt(
      { key: pair.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      made.plaintext,
    )
    expect(Buffer.from((await test.keys().decrypt({ ciphertext: made.ciphertext })).plaintext)).toEqual(opened)
    const sm2 = Sm2PrivateKey.generate()
    for (const algorithm of ['SM2PKE', 'SM2PKE_ASN1'] as const) {
      const wrapped = await test
        .keys()
        .decrypt({ ciphertext: made.ciphertext, recipient: { publicKey: sm2.publicKey.toSpki(), algorithm } })
      expect(Buffer.from(sm2Decrypt(sm2, wrapped.plaintext))).toEqual(opened)
    }
  })

  it('is refused for a key of another kind, or none', async () => {
    const { keyId } = await test.keys().createKey({})
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' })
    for (const publicKey of ['', 'nonsense', Buffer.of(0x30), small])
      for (const algorithm of ['SM2PKE', 'RSAES_OAEP_SHA_1'] as const)
        await expect(test.keys().generateDataKey({ keyId, recipient: { publicKey, algorithm } })).rejects.toMatchObject(
          code('RecipientInvalid'),
        )
  })
})

describe('data key pairs', () => {
  it.each(['RSA_2048', 'ECC_NIST_P256', 'SM2'] as const)(
    '%s: the private key comes back from the ciphertext',
    async (spec) => {
      const { keyId } = await test.keys().createKey({})
      const pair = await test.keys().generateDataKeyPair({ keyId, spec, context: { a: '1' } })
      const { plaintext } = await test.keys().decrypt({ ciphertext: pair.ciphertext, context: { a: '1' } })
      expect(Buffer.from(plaintext).equals(pair.privateKey)).toBe(true)
      if (spec === 'SM2') {
        const key = Sm2PrivateKey.fromPkcs8(Secret.take(plaintext))
        expect(Buffer.from(key.publicKey.toSpki())).toEqual(Buffer.from(pair.publicKey))
      } else {
        const key = createPublicKey(
          createPrivateKey({ key: Buffer.from(pair.privateKey), type: 'pkcs8', format: 'der' }),
        )
        expect(key.export({ type: 'spki', format: 'der' })).toEqual(Buffer.from(pair.publicKey))
      }
    },
  )
})
