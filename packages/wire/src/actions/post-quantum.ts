import { z } from 'zod'
import type { ForRecipient, Signed, SignInput } from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import { base64, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import type { KeyInput } from './on-one-key.ts'
import { recipientOf, tencentRecipient } from './recipient-fields.ts'

const encrypt = action<KeyInput & { plaintext: Uint8Array }, { keyId: string; ciphertext: Uint8Array }>({
  permission: 'kms:Encrypt',
  changes: false,
  call: (keys, { keyId, plaintext }) => keys.postQuantumEncrypt(keyId, plaintext),
  tencent: {
    name: 'PostQuantumCryptoEncrypt',
    request: z
      .strictObject({ KeyId: keyName, PlainText: base64(1, 4096, 'PlaintextTooLarge') })
      .transform(({ KeyId, PlainText }) => ({ keyId: KeyId, plaintext: PlainText })),
    answer: ({ keyId, ciphertext }) => ({ KeyId: keyIdOfArn(keyId), CiphertextBlob: encodeBase64(ciphertext) }),
  },
})

const decrypt = action<{ ciphertext: Uint8Array } & ForRecipient, { keyId: string; plaintext: Uint8Array }>({
  permission: 'kms:Decrypt',
  changes: false,
  call: (keys, input) => keys.postQuantumDecrypt(input),
  tencent: {
    name: 'PostQuantumCryptoDecrypt',
    request: z
      .strictObject({ CiphertextBlob: base64(1, 8192, 'DecryptionFailed'), ...tencentRecipient })
      .transform(({ CiphertextBlob, EncryptionPublicKey, EncryptionAlgorithm }) => ({
        ciphertext: CiphertextBlob,
        ...recipientOf(EncryptionPublicKey, EncryptionAlgorithm),
      })),
    answer: ({ keyId, plaintext }) => ({ KeyId: keyIdOfArn(keyId), PlainText: encodeBase64(plaintext) }),
  },
})

const ofMessage = (keyId: string, message: Uint8Array): SignInput => ({
  keyId,
  message,
  messageType: 'RAW',
  algorithm: 'ML_DSA_SHAKE_256',
})

const message = base64(1, 4096)

const sign = action<SignInput, Signed>({
  permission: 'kms:Sign',
  changes: false,
  call: (keys, input) => keys.sign(input),
  tencent: {
    name: 'PostQuantumCryptoSign',
    request: z
      .strictObject({ KeyId: keyName, Message: message })
      .transform(({ KeyId, Message }) => ofMessage(KeyId, Message)),
    answer: ({ signature }) => ({ Signature: encodeBase64(signature) }),
  },
})

const verify = action<SignInput & { readonly signature: Uint8Array }, boolean>({
  permission: 'kms:Verify',
  changes: false,
  call: (keys, input) => keys.verify(input),
  tencent: {
    name: 'PostQuantumCryptoVerify',
    request: z
      .strictObject({ KeyId: keyName, Message: message, SignatureValue: base64(1, 6144) })
      .transform(({ KeyId, Message, SignatureValue }) => ({
        ...ofMessage(KeyId, Message),
        signature: SignatureValue,
      })),
    answer: (valid) => ({ SignatureValid: valid }),
  },
})

/** Hybrids of ML-KEM-768, and ML-DSA-65. */
export const postQuantum: readonly Action[] = [encrypt, decrypt, sign, verify]
