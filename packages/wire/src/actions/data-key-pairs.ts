import { z } from 'zod'
import type { DataKeyPair, DataKeyPairInput } from '../key-management.ts'
import { contextMap, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon, recipient } from './common-fields.ts'

const request = z
  .strictObject({
    KeyId: keyName,
    KeyPairSpec: z.enum([
      'RSA_2048',
      'RSA_3072',
      'RSA_4096',
      'ECC_NIST_P256',
      'ECC_NIST_P384',
      'ECC_NIST_P521',
      'ECC_NIST_EDWARDS25519',
      'SM2',
      'ML_KEM_512',
      'ML_KEM_768',
      'ML_KEM_1024',
    ]),
    EncryptionContext: contextMap.optional(),
    ...awsCommon,
    ...recipient,
  })
  .transform(({ KeyId, KeyPairSpec, EncryptionContext = {} }) => ({
    keyId: KeyId,
    spec: KeyPairSpec,
    context: EncryptionContext,
  }))

const view = ({ keyId, publicKey, ciphertext }: Omit<DataKeyPair, 'privateKey'>, { spec }: DataKeyPairInput) => ({
  KeyId: keyId,
  KeyPairSpec: spec,
  PublicKey: encodeBase64(publicKey),
  PrivateKeyCiphertextBlob: encodeBase64(ciphertext),
})

const generateDataKeyPair = action<DataKeyPairInput, DataKeyPair>({
  permission: 'kms:GenerateDataKeyPair',
  changes: false,
  call: (keys, input) => keys.generateDataKeyPair(input),
  aws: {
    name: 'GenerateDataKeyPair',
    request,
    answer: (pair, input) => ({ ...view(pair, input), PrivateKeyPlaintext: encodeBase64(pair.privateKey) }),
  },
})

/** The same, for later: the private key is dropped before it can be answered. */
const generateDataKeyPairWithoutPlaintext = action<DataKeyPairInput, Omit<DataKeyPair, 'privateKey'>>({
  permission: 'kms:GenerateDataKeyPair',
  changes: false,
  async call(keys, input) {
    const { privateKey, ...pair } = await keys.generateDataKeyPair(input)
    privateKey.fill(0)
    return pair
  },
  aws: { name: 'GenerateDataKeyPairWithoutPlaintext', request, answer: view },
})

export const dataKeyPairs: readonly Action[] = [generateDataKeyPair, generateDataKeyPairWithoutPlaintext]
