import { z } from 'zod'
import type {
  EncryptionAlgorithm,
  ImportMaterialInput,
  ImportParameters,
  ImportParametersInput,
} from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import { base64, encodeBase64, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { unserved } from './common-fields.ts'
import { bareForm, type KeyInput, keyRequest } from './on-one-key.ts'
import { seconds } from './seconds.ts'

const rsaWrapping = ['RSAES_PKCS1_V1_5', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const

const tencentWrappings = {
  RSAES_PKCS1_V1_5: 'RSAES_PKCS1_V1_5',
  RSAES_OAEP_SHA_1: 'RSAES_OAEP_SHA_1',
  RSAES_OAEP_SHA_256: 'RSAES_OAEP_SHA_256',
  SM2: 'SM2PKE',
  SM2_C1C3C2_ASN1: 'SM2PKE_ASN1',
} as const satisfies Record<string, EncryptionAlgorithm>

const getParametersForImport = action<ImportParametersInput, ImportParameters>({
  permission: 'kms:GetParametersForImport',
  changes: true,
  call: (keys, input) => keys.importParameters(input),
  tencent: {
    name: 'GetParametersForImport',
    request: z
      .strictObject({
        KeyId: keyName,
        WrappingAlgorithm: z.enum([...rsaWrapping, 'SM2', 'SM2_C1C3C2_ASN1']),
        WrappingKeySpec: z.enum(['RSA_2048', 'SM2']),
      })
      .transform(({ KeyId, WrappingAlgorithm, WrappingKeySpec }) => ({
        keyId: KeyId,
        algorithm: tencentWrappings[WrappingAlgorithm],
        wrappingKeySpec: WrappingKeySpec,
      })),
    answer: ({ keyId, token, publicKey, validTo }) => ({
      KeyId: keyIdOfArn(keyId),
      ImportToken: encodeBase64(token),
      PublicKey: encodeBase64(publicKey),
      ParametersValidTo: seconds(validTo),
    }),
  },
  aws: {
    name: 'GetParametersForImport',
    request: z
      .strictObject({
        KeyId: keyName,
        WrappingAlgorithm: z.enum([...rsaWrapping, 'SM2PKE']),
        WrappingKeySpec: z.enum(['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2']),
      })
      .transform(({ KeyId, WrappingAlgorithm, WrappingKeySpec }) => ({
        keyId: KeyId,
        algorithm: WrappingAlgorithm,
        wrappingKeySpec: WrappingKeySpec,
      })),
    answer: ({ keyId, token, publicKey, validTo }) => ({
      KeyId: keyId,
      ImportToken: encodeBase64(token),
      PublicKey: encodeBase64(publicKey),
      ParametersValidTo: validTo / 1000,
    }),
  },
})

/** Seconds; 2038-01-18, as Tencent has it. */
const VALID_TO_MAX = 2_147_443_200

const token = base64(1, 6144, 'ImportTokenInvalid')
const material = base64(1, 6144, 'InvalidMaterial')

const validToOf = (validTo: number | undefined) =>
  validTo === undefined || validTo === 0 ? {} : { validTo: validTo * 1000 }

const importKeyMaterial = action<ImportMaterialInput, void>({
  permission: 'kms:ImportKeyMaterial',
  changes: true,
  call: (keys, input) => keys.importMaterial(input),
  tencent: {
    name: 'ImportKeyMaterial',
    request: z
      .strictObject({
        KeyId: keyName,
        EncryptedKeyMaterial: material,
        ImportToken: token,
        ValidTo: integer(0, VALID_TO_MAX).optional(),
      })
      .transform(({ KeyId, EncryptedKeyMaterial, ImportToken, ValidTo }) => ({
        keyId: KeyId,
        encryptedMaterial: EncryptedKeyMaterial,
        token: ImportToken,
        ...validToOf(ValidTo),
      })),
    answer: () => ({}),
  },
  aws: {
    name: 'ImportKeyMaterial',
    request: z
      .strictObject({
        KeyId: keyName,
        EncryptedKeyMaterial: material,
        ImportToken: token,
        ExpirationModel: z
          .enum(['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'])
          .default('KEY_MATERIAL_EXPIRES'),
        ValidTo: z.number().min(0).max(VALID_TO_MAX).optional(),
        ImportType: unserved('new key material', (value) => value === 'EXISTING_KEY_MATERIAL'),
      })
      .refine((given) => (given.ExpirationModel === 'KEY_MATERIAL_EXPIRES') === (given.ValidTo !== undefined), {
        error: 'expected ValidTo, or the expiration model KEY_MATERIAL_DOES_NOT_EXPIRE',
      })
      .transform(({ KeyId, EncryptedKeyMaterial, ImportToken, ValidTo }) => ({
        keyId: KeyId,
        encryptedMaterial: EncryptedKeyMaterial,
        token: ImportToken,
        ...validToOf(ValidTo),
      })),
    answer: (_, { keyId }) => ({ KeyId: keyId }),
  },
})

const deleteImportedKeyMaterial = action<KeyInput, void>({
  permission: 'kms:DeleteImportedKeyMaterial',
  changes: true,
  call: (keys, { keyId }) => keys.deleteImportedMaterial(keyId),
  tencent: bareForm('DeleteImportedKeyMaterial'),
  aws: { name: 'DeleteImportedKeyMaterial', request: keyRequest, answer: (_, { keyId }) => ({ KeyId: keyId }) },
})

/** Bring your own key. */
export const imports: readonly Action[] = [getParametersForImport, importKeyMaterial, deleteImportedKeyMaterial]
