import { constants, createPrivateKey, createPublicKey, privateDecrypt, verify } from 'node:crypto'
import type { HashEngine } from '../../src/hash-engine.ts'
import { HKDF_MAX } from '../../src/hkdf.ts'
import { type AeadAlgorithm, equalBytes, type HashName, Secret, unwrapKey, wrapKey } from '../../src/index.ts'
import { native } from '../../src/native.ts'
import { nativeHash } from '../../src/native-hash.ts'
import { opensslHash } from '../../src/openssl-hash.ts'
import { type Implementation, implementations } from '../aead-implementations.ts'
import { bytes } from '../vectors.ts'

/** A group and one of its tests, flattened: what is a string there is hex, or a name. */
export type Vector = Readonly<Record<string, string | number>>

/** Whether the primitive gives what the vector says. A throw is a no. */
export type Check = (vector: Vector) => boolean

interface Named {
  readonly name: string
  readonly check: Check
}

/** What there is one implementation of. */
const one = (check: Check): readonly Named[] => [{ name: 'the one implementation', check }]

const field = (vector: Vector, name: string): Uint8Array => bytes(String(vector[name]))
const secret = (vector: Vector, name: string): Secret => Secret.take(field(vector, name))

/** Every implementation of the cipher: each tier of the addon, and the twin. */
const gcm = (algorithm: AeadAlgorithm): readonly Named[] =>
  implementations(algorithm).map(({ name, aead }) => ({ name, check: gcmBy(aead) }))

const gcmBy =
  (aead: Implementation['aead']): Check =>
  (vector) => {
    using cipher = aead(secret(vector, 'key'))
    const [nonce, aad, message] = [field(vector, 'iv'), field(vector, 'aad'), field(vector, 'msg')]
    const sealed = Buffer.concat([field(vector, 'ct'), field(vector, 'tag')])
    const opened = cipher.open(nonce, aad, sealed)
    return equalBytes(opened, message) && equalBytes(cipher.seal(nonce, aad, message), sealed)
  }

const byEngine = (make: (engine: HashEngine) => Check): readonly Named[] => {
  if (native === null) throw new Error('expected the native addon to be built, or its vectors test nothing')
  return [
    { name: 'the addon', check: make(nativeHash(native)) },
    { name: 'the twin', check: make(opensslHash) },
  ]
}

const mac = (hash: HashName): readonly Named[] =>
  byEngine((engine) => (vector) => {
    const [key, message, tag] = [field(vector, 'key'), field(vector, 'msg'), field(vector, 'tag')]
    const whole = engine.hmac(hash, key, [message])
    const byteByByte = engine.hmac(
      hash,
      key,
      Array.from(message, (byte) => Uint8Array.of(byte)),
    )
    return equalBytes(whole, byteByByte) && equalBytes(whole.subarray(0, Number(vector.tagSize) / 8), tag)
  })

const keyWrap: Check = (vector) => {
  const [kek, key, wrapped] = [secret(vector, 'key'), secret(vector, 'msg'), field(vector, 'ct')]
  return equalBytes(unwrapKey(kek, wrapped).bytes(), key.bytes()) && equalBytes(wrapKey(kek, key), wrapped)
}

const derive = byEngine((engine) => (vector) => {
  const size = Number(vector.size)
  if (size > HKDF_MAX) return false
  const extracted = engine.hmac('sha256', field(vector, 'salt'), [field(vector, 'ikm')])
  const derived = new Uint8Array(size)
  engine.hkdfExpand('sha256', extracted, field(vector, 'info'), derived)
  return equalBytes(derived, field(vector, 'okm'))
})

const oaep =
  (hash: 'sha1' | 'sha256'): Check =>
  (vector) => {
    const key = createPrivateKey({ key: Buffer.from(field(vector, 'privateKeyPkcs8')), format: 'der', type: 'pkcs8' })
    const options = {
      key,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: hash,
      oaepLabel: field(vector, 'label'),
    }
    return equalBytes(privateDecrypt(options, field(vector, 'ct')), field(vector, 'msg'))
  }

const ecdsa =
  (dsaEncoding: 'der' | 'ieee-p1363'): Check =>
  (vector) => {
    const key = createPublicKey({ key: Buffer.from(field(vector, 'publicKeyDer')), format: 'der', type: 'spki' })
    return verify('sha256', field(vector, 'msg'), { key, dsaEncoding }, field(vector, 'sig'))
  }

const supported = (vector: Vector, keySize: number): boolean =>
  vector.keySize === keySize && vector.ivSize === 96 && vector.tagSize === 128

export interface Primitive {
  readonly file: string
  readonly checks: readonly Named[]
  /** Which groups are within what Hufu offers: 12-byte nonces, 16-byte tags, one key size each. */
  readonly within?: (group: Vector) => boolean
}

/** Wycheproof's files of the primitives that Hufu uses; RSA and ECDSA are those of Node's own OpenSSL. */
export const primitives: readonly Primitive[] = [
  { file: 'aes_gcm_test.json', checks: gcm('AES-256-GCM'), within: (group) => supported(group, 256) },
  { file: 'sm4_gcm_test.json', checks: gcm('SM4-GCM'), within: (group) => supported(group, 128) },
  { file: 'aes_kwp_test.json', checks: one(keyWrap) },
  { file: 'hkdf_sha256_test.json', checks: derive },
  { file: 'hmac_sha256_test.json', checks: mac('sha256') },
  { file: 'hmac_sm3_test.json', checks: mac('sm3') },
  { file: 'rsa_oaep_2048_sha256_mgf1sha256_test.json', checks: one(oaep('sha256')) },
  { file: 'rsa_oaep_2048_sha1_mgf1sha1_test.json', checks: one(oaep('sha1')) },
  { file: 'ecdsa_secp256r1_sha256_test.json', checks: one(ecdsa('der')) },
  { file: 'ecdsa_secp256r1_sha256_p1363_test.json', checks: one(ecdsa('ieee-p1363')) },
]
