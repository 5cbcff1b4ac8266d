import { DecryptionError } from '@hufu/crypto'
import {
  type DataKeyPair,
  type DataKeyPairInput,
  HufuError,
  keyKinds,
  type PrivateDecryptInput,
  type PublicEncryptInput,
  type PublicKeyView,
  type Signed,
  type SignInput,
  type SigningAlgorithm,
} from '@hufu/wire'
import { encryptTo, messageDigest, verifyDigest } from '../algorithms/public-key.ts'
import { digestSizes, signings } from '../algorithms/signing.ts'
import { softwareKeyKinds } from '../backend/software/software-key.ts'
import { checkDecrypts, openedPrivately, publicKeyOf } from '../key/asymmetric-use.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { checkMessage, checkPlaintext } from '../limits.ts'

export function getPublicKey(call: Call, keyId: string): Promise<PublicKeyView> {
  return call.use({ action: 'GetPublicKey', keyName: keyId, needs: 'decrypt' }, async (key) => ({
    keyId: call.arn(key),
    spec: key.spec,
    publicKey: await shownPublicKey(call, key),
    use: key.use,
  }))
}

export function sign(call: Call, input: SignInput): Promise<Signed> {
  return call.use({ action: 'Sign', keyName: input.keyId, needs: 'encrypt' }, async (key) => {
    checkSigns(key, input.algorithm)
    const digest = await digestOf(call, key, input)
    const material = await call.kms.ring.material(key)
    return { keyId: call.arn(key), signature: await call.kms.backend.sign(material, input.algorithm, digest) }
  })
}

export function verify(call: Call, input: SignInput & { readonly signature: Uint8Array }): Promise<boolean> {
  return call.use({ action: 'Verify', keyName: input.keyId, needs: 'decrypt' }, async (key) => {
    checkSigns(key, input.algorithm)
    const digest = await digestOf(call, key, input)
    return verifyDigest(input.algorithm, await publicKeyOf(call.kms.ring, key), digest, input.signature)
  })
}

export function publicEncrypt(
  call: Call,
  { keyId, plaintext, algorithm }: PublicEncryptInput,
): Promise<{ readonly keyId: string; readonly ciphertext: Uint8Array }> {
  return call.use({ action: 'Encrypt', keyName: keyId, needs: 'encrypt' }, async (key) => {
    checkDecrypts(key, algorithm)
    checkPlaintext(plaintext)
    return { keyId: call.arn(key), ciphertext: encryptTo(algorithm, await publicKeyOf(call.kms.ring, key), plaintext) }
  })
}

export function deriveSharedSecret(
  call: Call,
  keyId: string,
  publicKey: Uint8Array,
): Promise<{ readonly keyId: string; readonly sharedSecret: Uint8Array; readonly origin: Key['origin'] }> {
  return call.use({ action: 'DeriveSharedSecret', keyName: keyId, needs: 'encrypt' }, async (key) => {
    if (key.use !== 'KEY_AGREEMENT')
      throw new HufuError(
        'InvalidKeyUsage',
        `expected a key for KEY_AGREEMENT, received a ${key.spec} key for ${key.use}`,
      )
    const sharedSecret = await call.kms.backend.agree(await call.kms.ring.material(key), publicKey).catch((cause) => {
      if (!(cause instanceof DecryptionError)) throw cause
      throw new HufuError('InvalidParameter', `expected a public key of ${key.spec}, as SubjectPublicKeyInfo in DER`, {
        cause,
      })
    })
    return { keyId: call.arn(key), sharedSecret, origin: key.origin }
  })
}

export function privateDecrypt(
  call: Call,
  { keyId, ciphertext, algorithm }: PrivateDecryptInput,
): Promise<{ readonly keyId: string; readonly plaintext: Uint8Array }> {
  return call.use({ action: 'Decrypt', keyName: keyId, needs: 'decrypt' }, async (key) => {
    const plaintext = await openedPrivately(call.kms, key, algorithm, ciphertext).catch((cause) => {
      if (!(cause instanceof DecryptionError)) throw cause
      throw new HufuError('PrivateDecryptionFailed', 'the ciphertext can not be decrypted', { cause })
    })
    return { keyId: call.arn(key), plaintext }
  })
}

/** The pair is for use elsewhere, so it is made in software. */
export function generateDataKeyPair(call: Call, { keyId, spec, context }: DataKeyPairInput): Promise<DataKeyPair> {
  return call.use({ action: 'GenerateDataKeyPair', keyName: keyId, needs: 'encrypt', context }, async (key) => {
    const kind = softwareKeyKinds[spec]
    const pair = await kind?.generate()
    if (kind === undefined || pair === undefined || pair.publicKey === null)
      throw new HufuError('InvalidParameter', `expected a kind of key pair, received ${spec}`)
    using material = pair.material
    const privateKey = kind.privateKey?.(material) ?? Uint8Array.from(material.bytes())
    const ciphertext = await call.kms.blobs.seal(key, privateKey, context)
    return { keyId: call.arn(key), publicKey: pair.publicKey, privateKey, ciphertext }
  })
}

async function digestOf(call: Call, key: Key, { algorithm, message, messageType }: SignInput): Promise<Uint8Array> {
  if (messageType === 'RAW')
    return messageDigest(algorithm, await publicKeyOf(call.kms.ring, key), checkMessage(message))
  const size = digestSizes[signings[algorithm].digest]
  if (size === null)
    throw new HufuError('InvalidParameter', `expected the message itself for ${algorithm}, received a digest`)
  if (message.length === size) return message
  throw new HufuError(
    'InvalidParameter',
    `expected a digest of ${size} bytes for ${algorithm}, received ${message.length}`,
  )
}

/** One hybrid has no form of its public key that others would know. */
async function shownPublicKey(call: Call, key: Key): Promise<Uint8Array> {
  if (key.spec === 'ML_KEM_768_SM2')
    throw new HufuError('NotSupported', 'expected a key whose public key has a standard form, received ML_KEM_768_SM2')
  return publicKeyOf(call.kms.ring, key)
}

function checkSigns({ spec, use }: Key, algorithm: SigningAlgorithm): void {
  if (use === 'SIGN_VERIFY' && keyKinds[spec].signing.includes(algorithm)) return
  throw new HufuError(
    'InvalidKeyUsage',
    `expected a key that signs with ${algorithm}, received a ${spec} key for ${use}`,
  )
}
