import { z } from 'zod'
import { HufuError } from '../error.ts'
import type {
  EncryptionAlgorithm,
  PrivateDecryptInput,
  PublicKeyView,
  Signed,
  SignInput,
  SigningAlgorithm,
} from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import type { Decrypted } from '../key-service.ts'
import { base64, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon } from './common-fields.ts'
import { awsAlgorithms, awsKeySpec } from './key-view.ts'
import { type KeyInput, keyRequest } from './on-one-key.ts'
import { pem } from './pem.ts'

const getPublicKey = action<KeyInput, PublicKeyView>({
  permission: 'kms:GetPublicKey',
  changes: false,
  call: (keys, { keyId }) => keys.getPublicKey(keyId),
  tencent: {
    name: 'GetPublicKey',
    request: keyRequest,
    answer: ({ keyId, publicKey }) => ({
      KeyId: keyIdOfArn(keyId),
      PublicKey: encodeBase64(publicKey),
      PublicKeyPem: pem('PUBLIC KEY', publicKey),
    }),
  },
  aws: {
    name: 'GetPublicKey',
    request: z
      .strictObject({ KeyId: keyName, GrantTokens: awsCommon.GrantTokens })
      .transform(({ KeyId }) => ({ keyId: KeyId })),
    answer: ({ keyId, spec, use, publicKey }) => ({
      KeyId: keyId,
      PublicKey: encodeBase64(publicKey),
      KeySpec: awsKeySpec(spec),
      CustomerMasterKeySpec: awsKeySpec(spec),
      KeyUsage: use,
      ...awsAlgorithms({ use, spec }),
    }),
  },
})

const tencentSignings = {
  SM2DSA: 'SM2DSA',
  ECC_P256_R1: 'ECDSA_SHA_256',
  RSA_PSS_SHA_256: 'RSASSA_PSS_SHA_256',
  RSA_PKCS1_SHA_256: 'RSASSA_PKCS1_V1_5_SHA_256',
  ECC_P384_R1: 'ECDSA_SHA_384',
  ECC_P521_R1: 'ECDSA_SHA_512',
  ED25519: 'ED25519_SHA_512',
  ML_DSA_65: 'ML_DSA_SHAKE_256',
} as const satisfies Record<string, SigningAlgorithm>

type TencentSigning = keyof typeof tencentSignings

const awsSignings = [
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'ECDSA_SHA_256',
  'ECDSA_SHA_384',
  'ECDSA_SHA_512',
  'ED25519_SHA_512',
  'SM2DSA',
  'ML_DSA_SHAKE_256',
] as const satisfies readonly SigningAlgorithm[]

const messageType = z.enum(['RAW', 'DIGEST']).default('RAW')
const message = base64(1, 4096)
const signature = base64(1, 6144)

const tencentSigning = {
  KeyId: keyName,
  Message: message,
  MessageType: messageType,
  Algorithm: z.enum(Object.keys(tencentSignings) as [TencentSigning, ...TencentSigning[]]),
}

/** AWS calls the representative of ML-DSA by a name of its own. */
const awsMessageType = z.enum(['RAW', 'DIGEST', 'EXTERNAL_MU']).default('RAW')

const isNamedRight = (given: { readonly MessageType: string; readonly SigningAlgorithm: string }): boolean =>
  given.MessageType === 'RAW' ||
  (given.MessageType === 'EXTERNAL_MU') === (given.SigningAlgorithm === 'ML_DSA_SHAKE_256')

const misnamed = { error: 'MessageType: expected EXTERNAL_MU with ML_DSA_SHAKE_256, DIGEST with the others' }

const awsSigning = {
  KeyId: keyName,
  Message: message,
  MessageType: awsMessageType,
  SigningAlgorithm: z.enum(awsSignings),
  ...awsCommon,
}

const sign = action<SignInput, Signed>({
  permission: 'kms:Sign',
  changes: false,
  call: (keys, input) => keys.sign(input),
  tencent: {
    name: 'SignByAsymmetricKey',
    request: z.strictObject(tencentSigning).transform(({ KeyId, Message, MessageType, Algorithm }) => ({
      keyId: KeyId,
      message: Message,
      messageType: MessageType,
      algorithm: tencentSignings[Algorithm],
    })),
    answer: ({ signature }) => ({ Signature: encodeBase64(signature) }),
  },
  aws: {
    name: 'Sign',
    request: z
      .strictObject(awsSigning)
      .refine(isNamedRight, misnamed)
      .transform(({ KeyId, Message, MessageType, SigningAlgorithm }) => ({
        keyId: KeyId,
        message: Message,
        messageType: MessageType === 'RAW' ? ('RAW' as const) : ('DIGEST' as const),
        algorithm: SigningAlgorithm,
      })),
    answer: ({ keyId, signature }, { algorithm }) => ({
      KeyId: keyId,
      Signature: encodeBase64(signature),
      SigningAlgorithm: algorithm,
    }),
  },
})

/** Tencent answers whether the signature is good; AWS refuses one that is not. */
const verify = action<SignInput & { readonly signature: Uint8Array }, boolean>({
  permission: 'kms:Verify',
  changes: false,
  call: (keys, input) => keys.verify(input),
  tencent: {
    name: 'VerifyByAsymmetricKey',
    request: z
      .strictObject({ ...tencentSigning, SignatureValue: signature })
      .transform(({ KeyId, Message, MessageType, Algorithm, SignatureValue }) => ({
        keyId: KeyId,
        message: Message,
        messageType: MessageType,
        algorithm: tencentSignings[Algorithm],
        signature: SignatureValue,
      })),
    answer: (valid) => ({ SignatureValid: valid }),
  },
  aws: {
    name: 'Verify',
    request: z
      .strictObject({ ...awsSigning, Signature: signature })
      .refine(isNamedRight, misnamed)
      .transform(({ KeyId, Message, MessageType, SigningAlgorithm, Signature }) => ({
        keyId: KeyId,
        message: Message,
        messageType: MessageType === 'RAW' ? ('RAW' as const) : ('DIGEST' as const),
        algorithm: SigningAlgorithm,
        signature: Signature,
      })),
    answer(valid, { keyId, algorithm }) {
      if (!valid) throw new HufuError('InvalidSignature', 'expected a signature of this message, received another')
      return { KeyId: keyId, SignatureValid: true, SigningAlgorithm: algorithm }
    },
  },
})

const ciphertext = base64(1, 6144, 'PrivateDecryptionFailed')

const rsaDecrypt = action<PrivateDecryptInput, Decrypted>({
  permission: 'kms:Decrypt',
  changes: false,
  call: (keys, input) => keys.privateDecrypt(input),
  tencent: {
    name: 'AsymmetricRsaDecrypt',
    request: z
      .strictObject({
        KeyId: keyName,
        Ciphertext: ciphertext,
        Algorithm: z.enum(['RSAES_PKCS1_V1_5', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']),
      })
      .transform(({ KeyId, Ciphertext, Algorithm }) => ({
        keyId: KeyId,
        ciphertext: Ciphertext,
        algorithm: Algorithm,
      })),
    answer: ({ keyId, plaintext }) => ({ KeyId: keyIdOfArn(keyId), Plaintext: encodeBase64(plaintext) }),
  },
})

const ASN1_SEQUENCE = 0x30
const POINT = 0x04

/** Tencent's clients send the ASN.1 of GM/T 0009, and older ones C1 C3 C2 with or without the point's first byte. */
function sm2Ciphertext(bytes: Uint8Array): { ciphertext: Uint8Array; algorithm: EncryptionAlgorithm } {
  if (bytes[0] === ASN1_SEQUENCE) return { ciphertext: bytes, algorithm: 'SM2PKE_ASN1' }
  const raw = bytes[0] === POINT ? bytes : Uint8Array.of(POINT, ...bytes)
  return { ciphertext: raw, algorithm: 'SM2PKE' }
}

const sm2Decrypt = action<PrivateDecryptInput, Decrypted>({
  permission: 'kms:Decrypt',
  changes: false,
  call: (keys, input) => keys.privateDecrypt(input),
  tencent: {
    name: 'AsymmetricSm2Decrypt',
    request: z
      .strictObject({ KeyId: keyName, Ciphertext: ciphertext })
      .transform(({ KeyId, Ciphertext }) => ({ keyId: KeyId, ...sm2Ciphertext(Ciphertext) })),
    answer: ({ keyId, plaintext }) => ({ KeyId: keyIdOfArn(keyId), Plaintext: encodeBase64(plaintext) }),
  },
})

export const asymmetric: readonly Action[] = [getPublicKey, sign, verify, rsaDecrypt, sm2Decrypt]
