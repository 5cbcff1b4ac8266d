import { readFileSync } from 'node:fs'
import { Secret } from '@hufu/crypto'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePostQuantum, openPostQuantum } from '../src/post-quantum/blob.ts'
import { kems } from '../src/post-quantum/kem.ts'
import { mlDsaRepresentative, mlDsaVerify } from '../src/post-quantum/ml-dsa.ts'
import { openTestKms, type TestKms } from './open-test-kms.ts'

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../../test/${path}`, import.meta.url), 'utf8'))
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const message = Buffer.from('后量子')
const code = (code: string) => ({ code })
const HEADER = 26

let test: TestKms
beforeAll(async () => {
  test = await openTestKms()
})
afterAll(() => test.close())

describe.each(['ML_KEM_768_X25519', 'ML_KEM_768_SM2'] as const)('%s', (spec) => {
  const newKey = async () => (await test.keys().createKey({ spec })).keyId

  it('encrypts 1 to 4,096 bytes, which the ciphertext alone decrypts', async () => {
    const { keyId, arn, protectionLevel } = await test.keys().createKey({ spec })
    expect(protectionLevel).toBe('SOFTWARE')
    for (const size of [1, 4_096]) {
      const plaintext = Buffer.alloc(size, 7)
      const { ciphertext } = await test.keys().postQuantumEncrypt(keyId, plaintext)
      const encapsulation = spec === 'ML_KEM_768_SM2' ? 1_153 : 1_120
      expect(ciphertext.length).toBe(HEADER + encapsulation + size + 16)
      const opened = await test.keys().postQuantumDecrypt({ ciphertext })
      expect(opened.keyId).toBe(arn)
      expect(Buffer.from(opened.plaintext).equals(plaintext)).toBe(true)
    }
    for (const size of [0, 4_097])
      await expect(test.keys().postQuantumEncrypt(keyId, Buffer.alloc(size))).rejects.toMatchObject(
        code('PlaintextTooLarge'),
      )
  })

  it('refuses a changed ciphertext, with one error wherever it was changed', async () => {
    const keyId = await newKey()
    const { ciphertext } = await test.keys().postQuantumEncrypt(keyId, message)
    const size = ciphertext.length
    for (const index of [0, 4, 22, 25, HEADER, HEADER + 1_087, HEADER + 1_089, HEADER + 1_119, size - 17, size - 1]) {
      const changed = ciphertext.map((byte, i) => (i === index ? byte ^ 1 : byte))
      await expect(test.keys().postQuantumDecrypt({ ciphertext: changed })).rejects.toMatchObject(
        code('DecryptionFailed'),
      )
    }
    for (const end of [0, 1, HEADER, size - 1])
      await expect(test.keys().postQuantumDecrypt({ ciphertext: ciphertext.subarray(0, end) })).rejects.toMatchObject(
        code('DecryptionFailed'),
      )
  })

  it('is used by its own operations only, and as its state allows', async () => {
    const keyId = await newKey()
    await expect(test.keys().encrypt({ keyId, plaintext: message })).rejects.toMatchObject(code('InvalidKeyUsage'))
    const other = await test.keys().createKey({})
    await expect(test.keys().postQuantumEncrypt(other.keyId, message)).rejects.toMatchObject(code('InvalidKeyUsage'))
    const { ciphertext } = await test.keys().postQuantumEncrypt(keyId, message)
    await test.keys().archiveKey(keyId)
    await expect(test.keys().postQuantumEncrypt(keyId, message)).rejects.toMatchObject(code('KeyArchived'))
    await test.keys().postQuantumDecrypt({ ciphertext })
    await test.keys().unarchiveKey(keyId)
    await test.keys().disableKey(keyId)
    await expect(test.keys().postQuantumDecrypt({ ciphertext })).rejects.toMatchObject(code('KeyDisabled'))
  })

  it('opens the blob of the first version of its format', () => {
    const golden = read('golden/post-quantum-blob-v1.json').find((each: { spec: string }) => each.spec === spec)
    const blob = decodePostQuantum(bytes(golden.blob))
    using material = Secret.take(bytes(golden.material))
    if (blob === null) throw new Error('expected a blob')
    expect(blob).toMatchObject({ spec, keyId: golden.keyId })
    using secret = kems[spec]?.decapsulate(material, blob.encapsulation)
    if (secret === undefined) throw new Error('expected a hybrid')
    expect(Buffer.from(openPostQuantum(blob, secret)).toString()).toBe(golden.plaintext)
    const broken = bytes(golden.blob).map((byte, i) => (i === golden.blob.length / 2 - 1 ? byte ^ 1 : byte))
    const changed = decodePostQuantum(broken)
    if (changed === null) throw new Error('expected a blob')
    expect(() => openPostQuantum(changed, secret)).toThrow()
  })
})

describe('ML_DSA_65', () => {
  it('signs messages and their representatives', async () => {
    const { keyId } = await test.keys().createKey({ spec: 'ML_DSA_65' })
    const { publicKey } = await test.keys().getPublicKey(keyId)
    const algorithm = 'ML_DSA_SHAKE_256'
    const asked = { keyId, message, messageType: 'RAW', algorithm } as const
    const { signature } = await test.keys().sign(asked)
    expect(signature.length).toBe(3_309)
    expect(await test.keys().verify({ ...asked, signature })).toBe(true)
    const mu = mlDsaRepresentative(publicKey, message)
    const ready = { keyId, message: mu, messageType: 'DIGEST', algorithm } as const
    expect(await test.keys().verify({ ...ready, signature })).toBe(true)
    const again = await test.keys().sign(ready)
    expect(await test.keys().verify({ ...asked, signature: again.signature })).toBe(true)
    for (const wrong of [signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte)), signature.subarray(1), Buffer.of(1)])
      expect(await test.keys().verify({ ...asked, signature: wrong })).toBe(false)
    for (const size of [63, 65])
      await expect(test.keys().sign({ ...ready, message: Buffer.alloc(size) })).rejects.toMatchObject(
        code('InvalidParameter'),
      )
  })
})

describe("Project Wycheproof's vectors", () => {
  it('of the verification of ML-DSA-65', () => {
    let valid = 0
    for (const { publicKeyDer, tests } of read('vectors/wycheproof/mldsa_65_verify_test.json').testGroups)
      for (const { msg, sig, ctx = '', result, comment } of tests) {
        if (ctx !== '' || publicKeyDer === undefined) continue
        const verified = verifies(bytes(publicKeyDer), bytes(msg), bytes(sig))
        expect(verified, comment).toBe(result === 'valid')
        valid += Number(verified)
      }
    expect(valid).toBeGreaterThan(10)
  })

  it('of ML-KEM-768', () => {
    let valid = 0
    for (const { tests } of read('vectors/wycheproof/mlkem_768_test.json').testGroups)
      for (const { seed, ek, c, K, result, comment } of tests) {
        const shared = attempt(() => {
          const { publicKey, secretKey } = ml_kem768.keygen(bytes(seed))
          if (!Buffer.from(publicKey).equals(bytes(ek))) throw new TypeError('expected the public key of the vector')
          return Buffer.from(ml_kem768.decapsulate(bytes(c), secretKey)).toString('hex')
        })
        if (result === 'valid') expect(shared, comment).toBe(K)
        else expect(shared, comment).toBeNull()
        valid += Number(result === 'valid')
      }
    expect(valid).toBeGreaterThan(10)
  })
})

/** A public key of another form verifies nothing. */
const verifies = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  attempt(() => mlDsaVerify(publicKey, mlDsaRepresentative(publicKey, message), signature)) ?? false

function attempt<T>(act: () => T): T | null {
  try {
    return act()
  } catch {
    return null
  }
}
