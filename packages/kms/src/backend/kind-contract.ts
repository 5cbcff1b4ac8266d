import assert from 'node:assert/strict'
import { constants, createCipheriv, createHash, createPublicKey, publicEncrypt, verify } from 'node:crypto'
import { DecryptionError, Sm2PublicKey, sm2Encrypt, sm2MessageDigest, sm2Verify } from '@hufu/crypto'
import { type EncryptionAlgorithm, type KeySpec, keyKinds, type SigningAlgorithm } from '@hufu/wire'
import { signings } from '../algorithms/signing.ts'
import { kems } from '../post-quantum/kem.ts'
import { mlDsaRepresentative, mlDsaVerify } from '../post-quantum/ml-dsa.ts'
import { type BackendCheck, check } from './backend-check.ts'
import { DamagedMaterial } from './backend-error.ts'
import type { KeyBackend, KeyMaterial } from './key-backend.ts'
import { memoryBackend } from './software/software-backend.ts'

const message = Buffer.from('十二字节')

interface Pair extends KeyMaterial {
  readonly publicKey: Uint8Array
}

async function makePair(backend: KeyBackend, spec: KeySpec): Promise<Pair> {
  const { wrapped, publicKey } = await backend.generate(spec)
  assert.ok(publicKey !== null)
  return { id: `${spec}/1`, spec, wrapped, publicKey }
}

const spki = (publicKey: Uint8Array) => createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })

/** Verification by somebody else: node:crypto, or SM2 with its usual user id. */
function verifies({ publicKey }: Pair, algorithm: SigningAlgorithm, signature: Uint8Array): boolean {
  const { family, digest } = signings[algorithm]
  if (family === 'SM2') return sm2Verify(Sm2PublicKey.fromSpki(publicKey), message, signature)
  const padding = family === 'RSA PSS' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  if (family === 'ML-DSA') return mlDsaVerify(publicKey, mlDsaRepresentative(publicKey, message), signature)
  if (family === 'EdDSA') return verify(null, message, spki(publicKey), signature)
  const key =
    family === 'ECDSA'
      ? spki(publicKey)
      : { key: spki(publicKey), padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return verify(digest, message, key, signature)
}

const digestOf = ({ publicKey }: Pair, algorithm: SigningAlgorithm): Uint8Array =>
  signings[algorithm].family === 'SM2'
    ? sm2MessageDigest(Sm2PublicKey.fromSpki(publicKey), message)
    : signings[algorithm].family === 'ML-DSA'
      ? mlDsaRepresentative(publicKey, message)
      : signings[algorithm].digest === 'none'
        ? message
        : createHash(signings[algorithm].digest).update(message).digest()

/** Encryption by somebody else. */
function encrypts({ publicKey }: Pair, algorithm: EncryptionAlgorithm, plaintext: Uint8Array): Uint8Array {
  if (algorithm === 'SM2PKE' || algorithm === 'SM2PKE_ASN1') {
    const format = algorithm === 'SM2PKE' ? 'C1C3C2' : 'C1C3C2_ASN1'
    return sm2Encrypt(Sm2PublicKey.fromSpki(publicKey), plaintext, { format })
  }
  const padding = algorithm === 'RSAES_PKCS1_V1_5' ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING
  const oaepHash = algorithm === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1'
  return publicEncrypt({ key: spki(publicKey), padding, oaepHash }, plaintext)
}

/** Two keys of the spec, wrapped for the other backend, which then uses the second as the first backend does. */
async function travels(from: KeyBackend, to: KeyBackend, spec: KeySpec): Promise<void> {
  const keys = [await from.generate(spec), await from.generate(spec)]
  const sent = keys.map(({ wrapped }, i): KeyMaterial => ({ id: `sent ${spec}/${i}`, spec, wrapped }))
  const receiver = await makePair(to, 'RSA_3072')
  const transfer = await from.exportKeys(sent, receiver.publicKey)
  const received = await to.receiveKeys(spec, receiver, transfer)
  assert.equal(received.length, 2)
  const [here, wrapped] = [sent[1], received[1]]
  assert.ok(here !== undefined && wrapped !== undefined)
  const there: KeyMaterial = { id: `received ${spec}/1`, spec, wrapped }
  await same(from, here, to, there, keys[1]?.publicKey ?? null)
  const kek = transfer.kek.map((byte, i) => (i === 100 ? byte ^ 1 : byte))
  await assert.rejects(to.receiveKeys(spec, receiver, { ...transfer, kek }), DecryptionError)
  const damaged = transfer.wrapped.map((each) => each.map((byte, i) => (i === 3 ? byte ^ 1 : byte)))
  await assert.rejects(to.receiveKeys(spec, receiver, { ...transfer, wrapped: damaged }), DecryptionError)
}

async function same(
  from: KeyBackend,
  here: KeyMaterial,
  to: KeyBackend,
  there: KeyMaterial,
  publicKey: Uint8Array | null,
): Promise<void> {
  if (publicKey !== null) {
    const [algorithm] = keyKinds[here.spec].signing
    assert.ok(algorithm !== undefined)
    const pair = { ...there, publicKey }
    assert.ok(verifies(pair, algorithm, await to.sign(there, algorithm, digestOf(pair, algorithm))))
  } else if (here.spec === 'HMAC_512') {
    assert.deepEqual(Buffer.from(await to.mac(there, message)), Buffer.from(await from.mac(here, message)))
  } else {
    const sealed = await from.seal(here, new Uint8Array(12), Buffer.of(1), message)
    assert.deepEqual(Buffer.from(await to.open(there, new Uint8Array(12), Buffer.of(1), sealed)), message)
  }
}

const pairs = [
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_NIST_EDWARDS25519',
  'SM2',
  'ML_DSA_65',
] as const satisfies readonly KeySpec[]

const macs = [
  ['HMAC_224', 28],
  ['HMAC_256', 32],
  ['HMAC_384', 48],
  ['HMAC_512', 64],
] as const

const agreeing = ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'SM2'] as const

/** What every backend does with each kind of asymmetric and MAC key. */
export const kindChecks: readonly BackendCheck[] = [
  ...pairs.map((spec) =>
    check(`${spec}: signs and decrypts as others verify and encrypt`, async (backend) => {
      const key = await makePair(backend, spec)
      for (const algorithm of keyKinds[spec].signing) {
        const signature = await backend.sign(key, algorithm, digestOf(key, algorithm))
        assert.ok(verifies(key, algorithm, signature), algorithm)
      }
      for (const algorithm of keyKinds[spec].encryption) {
        const ciphertext = encrypts(key, algorithm, message)
        assert.deepEqual(Buffer.from(await backend.decrypt(key, algorithm, ciphertext)), message, algorithm)
        for (const wrong of [
          ciphertext.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
          ciphertext.subarray(0, -1),
          Buffer.of(1),
        ])
          await assert.rejects(backend.decrypt(key, algorithm, wrong), DecryptionError, algorithm)
      }
    }),
  ),
  check('RSA: refuses a ciphertext that is not below the modulus', async (backend) => {
    const key = await makePair(backend, 'RSA_2048')
    for (const algorithm of keyKinds.RSA_2048.encryption)
      await assert.rejects(backend.decrypt(key, algorithm, Buffer.alloc(256, 0xff)), DecryptionError)
  }),
  ...macs.map(([spec, size]) =>
    check(`${spec}: gives one MAC for one message under one key`, async (backend) => {
      const key: KeyMaterial = { id: 'a/1', spec, wrapped: (await backend.generate(spec)).wrapped }
      const other: KeyMaterial = { id: 'b/1', spec, wrapped: (await backend.generate(spec)).wrapped }
      const mac = await backend.mac(key, message)
      assert.equal(mac.length, size)
      backend.forget('a/1')
      assert.deepEqual(Buffer.from(await backend.mac(key, message)), Buffer.from(mac))
      assert.notDeepEqual(Buffer.from(await backend.mac(other, message)), Buffer.from(mac))
    }),
  ),
  ...agreeing.map((spec) =>
    check(`${spec}: agrees on one secret with whoever has its public key`, async (backend) => {
      const [one, two] = [await makePair(backend, spec), await makePair(backend, spec)]
      const [a, b] = [
        { ...one, id: 'one' },
        { ...two, id: 'two' },
      ]
      const secret = Buffer.from(await backend.agree(a, b.publicKey))
      assert.deepEqual(secret, Buffer.from(await backend.agree(b, a.publicKey)))
      assert.equal(secret.length, spec === 'ECC_NIST_P384' ? 48 : spec === 'ECC_NIST_P521' ? 66 : 32)
      const other = await makePair(backend, spec === 'ECC_NIST_P256' ? 'ECC_NIST_P384' : 'ECC_NIST_P256')
      for (const wrong of [other.publicKey, Buffer.of(1), b.publicKey.map((byte, i) => (i === 60 ? byte ^ 1 : byte))])
        await assert.rejects(backend.agree(a, wrong), DecryptionError)
    }),
  ),
  check('SM4: seals and opens', async (backend) => {
    const key: KeyMaterial = { id: 'a/1', spec: 'SM4', wrapped: (await backend.generate('SM4')).wrapped }
    const sealed = await backend.seal(key, new Uint8Array(12), Buffer.of(1), message)
    assert.deepEqual(Buffer.from(await backend.open(key, new Uint8Array(12), Buffer.of(1), sealed)), message)
    await assert.rejects(backend.open(key, new Uint8Array(12), Buffer.of(2), sealed), DecryptionError)
  }),
  ...(['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024', 'ML_KEM_768_X25519', 'ML_KEM_768_SM2'] as const).map((spec) =>
    check(`${spec}: gets the secret that others encapsulated to it`, async (backend) => {
      const kem = kems[spec]
      assert.ok(kem !== undefined)
      const key = await makePair(backend, spec)
      const { encapsulation, secret } = kem.encapsulate(key.publicKey)
      using own = secret
      using received = await backend.decapsulate(key, encapsulation)
      assert.deepEqual(Buffer.from(received.bytes()), Buffer.from(own.bytes()))
      using another = await backend.decapsulate(
        key,
        encapsulation.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
      )
      assert.notDeepEqual(Buffer.from(another.bytes()), Buffer.from(own.bytes()))
      for (const wrong of [encapsulation.subarray(0, -1), Buffer.of(1)])
        await assert.rejects(backend.decapsulate(key, wrong), DecryptionError)
    }),
  ),
  check('imports material that others wrapped, and refuses what is no key of that kind', async (backend) => {
    for (const spec of ['RSA_2048', 'SM2'] as const) {
      const wrapping = await makePair(backend, spec)
      for (const algorithm of keyKinds[spec].encryption) {
        const material = Buffer.alloc(32, 7)
        const encrypted = encrypts(wrapping, algorithm, material)
        const { wrapped } = await backend.importKey('AES_256', wrapping, algorithm, encrypted)
        const key: KeyMaterial = { id: `${algorithm}/1`, spec: 'AES_256', wrapped }
        const sealed = await backend.seal(key, new Uint8Array(12), Buffer.of(1), message)
        const cipher = createCipheriv('aes-256-gcm', material, new Uint8Array(12)).setAAD(Buffer.of(1))
        assert.deepEqual(Buffer.from(sealed.subarray(0, message.length)), cipher.update(message), algorithm)
        for (const size of [1, 16, 24, 33]) {
          const short = encrypts(wrapping, algorithm, Buffer.alloc(size, 7))
          await assert.rejects(backend.importKey('AES_256', wrapping, algorithm, short), DecryptionError)
        }
        const nothing = Buffer.alloc(256, 1)
        await assert.rejects(backend.importKey('AES_256', wrapping, algorithm, nothing), DecryptionError)
      }
    }
  }),
  ...(['AES_256', 'SM4', 'HMAC_512', 'RSA_2048', 'ECC_NIST_P521', 'SM2'] as const).map((spec) =>
    check(`${spec}: goes to another backend and is the same key there`, async (backend) => {
      const other = memoryBackend()
      try {
        await travels(backend, other, spec)
        await travels(other, backend, spec)
      } finally {
        await other.close()
      }
    }),
  ),
  check('names damaged material of every kind', async (backend) => {
    const key = await makePair(backend, 'ECC_NIST_P256')
    const damaged = { ...key, wrapped: key.wrapped.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) }
    await assert.rejects(backend.sign(damaged, 'ECDSA_SHA_256', Buffer.alloc(32)), DamagedMaterial)
    const sm2 = await makePair(backend, 'SM2')
    const damagedSm2 = { ...sm2, wrapped: sm2.wrapped.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) }
    await assert.rejects(backend.sign(damagedSm2, 'SM2DSA', Buffer.alloc(32)), DamagedMaterial)
  }),
]
