import { randomBytes } from 'node:crypto'
import { DecryptionError, NONCE_SIZE, Secret } from '@hufu/crypto'
import {
  DamagedMaterial,
  decodeEncryption,
  derSignature,
  type EncryptionAlgorithm,
  encodeSignature,
  type KeyBackend,
  type KeyMaterial,
  type KeySpec,
  type MaterialWrap,
  type SigningAlgorithm,
  SoftwareKeys,
  signings,
} from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import type { Cryptoki } from './cryptoki.ts'
import { ecPoint } from './ec-point.ts'
import { oaepSha1 } from './oaep.ts'
import { TokenKeys } from './token-keys.ts'
import { tokenKinds } from './token-kinds.ts'
import type { TokenIdentity } from './token-session.ts'

/**
 * Keys in a PKCS#11 token. What it has mechanisms for is used inside it; the rest (SM4, SM2) is used in process memory,
 * sealed by the token at rest, and says SOFTWARE. Opens the token at once; throws `BackendUnavailable`.
 */
export function pkcs11Backend(cryptoki: Cryptoki, identity: TokenIdentity, description: string): KeyBackend {
  const token = new TokenKeys(cryptoki, identity)
  const software = new SoftwareKeys(wrapInToken(token))
  token.probe()
  const ciphers = (spec: KeySpec) => (inToken(spec) ? token : software)
  const decrypt = (key: KeyMaterial, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array) =>
    inToken(key.spec) ? decryptInToken(token, key, algorithm, ciphertext) : software.decrypt(key, algorithm, ciphertext)
  const importKey: KeyBackend['importKey'] = async (spec, wrapping, algorithm, encrypted) => {
    if (!inToken(spec)) return software.wrapGiven(spec, decrypt(wrapping, algorithm, encrypted))
    const mechanism = unwrapMechanisms[algorithm]
    return mechanism === undefined
      ? token.importPlain(spec, decrypt(wrapping, algorithm, encrypted))
      : token.importUnder(spec, wrapping, mechanism, encrypted)
  }
  return {
    description,
    protection: (spec) => (inToken(spec) ? 'HSM' : software.supports(spec) ? 'SOFTWARE' : null),
    generate: async (spec) => (inToken(spec) ? token : software).generate(spec),
    importKey,
    exportKeys: async (keys, publicKey) =>
      keys.every(({ spec }) => inToken(spec))
        ? token.exportKeys(keys, publicKey)
        : software.exportKeys(keys, publicKey),
    receiveKeys: async (spec, wrapping, transfer) => {
      if (inToken(spec)) return token.receiveKeys(spec, wrapping, transfer)
      const kek = decryptInToken(token, wrapping, 'RSAES_OAEP_SHA_1', transfer.kek)
      return software.receiveKeys(spec, Secret.take(kek), transfer.wrapped)
    },
    seal: async (key, nonce, aad, plaintext) => ciphers(key.spec).seal(key, nonce, aad, plaintext),
    open: async (key, nonce, aad, sealed) => ciphers(key.spec).open(key, nonce, aad, sealed),
    sign: async (key, algorithm, digest) =>
      inToken(key.spec) ? signInToken(token, key, algorithm, digest) : software.sign(key, algorithm, digest),
    decrypt: async (key, algorithm, ciphertext) => decrypt(key, algorithm, ciphertext),
    mac: async (key, message) => token.sign(key, macMechanism(key.spec), message),
    decapsulate: async (key, encapsulation) => software.decapsulate(key, encapsulation),
    agree: async (key, publicKey) =>
      inToken(key.spec) ? token.agree(key, ecPoint(key.spec, publicKey)) : software.agree(key, publicKey),
    random: async (size) => token.random(size),
    forget(id) {
      token.forget(id)
      software.forget(id)
    },
    ready: async () => token.probe(),
    async close() {
      software.close()
      await token.close()
      cryptoki.close()
    },
  }
}

/** Where the token can unwrap by itself it does; otherwise the material is in process memory for a moment. */
const unwrapMechanisms: Partial<Record<EncryptionAlgorithm, pkcs11.Mechanism>> = {
  RSAES_PKCS1_V1_5: { mechanism: pkcs11.CKM_RSA_PKCS },
  RSAES_OAEP_SHA_1: oaepSha1,
}

const macMechanisms: Partial<Record<KeySpec, number>> = {
  HMAC_224: pkcs11.CKM_SHA224_HMAC,
  HMAC_256: pkcs11.CKM_SHA256_HMAC,
  HMAC_384: pkcs11.CKM_SHA384_HMAC,
  HMAC_512: pkcs11.CKM_SHA512_HMAC,
}

function macMechanism(spec: KeySpec): number {
  const mechanism = macMechanisms[spec]
  if (mechanism === undefined) throw new TypeError(`expected a key that makes MACs, received ${spec}`)
  return mechanism
}

const inToken = (spec: KeySpec): boolean => tokenKinds[spec] !== undefined

/** Bytes of an RSA modulus. */
const modulusSize: Partial<Record<KeySpec, number>> = { RSA_2048: 256, RSA_3072: 384, RSA_4096: 512 }

/** The private operation is the token's; the public padding around it is ours, as no token has every one of them. */
function signInToken(token: TokenKeys, key: KeyMaterial, algorithm: SigningAlgorithm, digest: Uint8Array): Uint8Array {
  const size = modulusSize[key.spec]
  return size === undefined
    ? derSignature(token.sign(key, pkcs11.CKM_ECDSA, digest))
    : token.sign(key, pkcs11.CKM_RSA_X_509, encodeSignature(signings[algorithm], digest, size))
}

function decryptInToken(
  token: TokenKeys,
  key: KeyMaterial,
  algorithm: EncryptionAlgorithm,
  ciphertext: Uint8Array,
): Uint8Array {
  if (ciphertext.length !== modulusSize[key.spec]) throw new DecryptionError()
  return decodeEncryption(algorithm, token.decryptRsa(key, ciphertext))
}

/** Nonce, ciphertext and tag of AES-256-GCM inside the token; the kind of key is bound as associated data. */
const wrapInToken = (token: TokenKeys): MaterialWrap => ({
  wrap(material, spec) {
    const nonce = randomBytes(NONCE_SIZE)
    return Buffer.concat([nonce, token.sealAtRest(nonce, label(spec), material.bytes())])
  },
  unwrap({ id, spec, wrapped }) {
    try {
      return Secret.take(token.openAtRest(wrapped.subarray(0, NONCE_SIZE), label(spec), wrapped.subarray(NONCE_SIZE)))
    } catch (cause) {
      if (!(cause instanceof DecryptionError)) throw cause
      throw new DamagedMaterial(id, { cause })
    }
  },
})

const label = (spec: string): Uint8Array => Buffer.from(`hufu material ${spec}`)
