import { z } from 'zod'
import { HufuError } from '../error.ts'
import type { MacAlgorithm } from '../key-management.ts'
import { base64, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon } from './common-fields.ts'
import type { KeyInput } from './on-one-key.ts'

interface MacInput extends KeyInput {
  readonly message: Uint8Array
  readonly algorithm: MacAlgorithm
}

const given = {
  KeyId: keyName,
  Message: base64(1, 4096),
  MacAlgorithm: z.enum(['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512']),
  ...awsCommon,
}

const generateMac = action<MacInput, { readonly keyId: string; readonly mac: Uint8Array }>({
  permission: 'kms:GenerateMac',
  changes: false,
  call: (keys, { keyId, message, algorithm }) => keys.generateMac(keyId, message, algorithm),
  aws: {
    name: 'GenerateMac',
    request: z
      .strictObject(given)
      .transform(({ KeyId, Message, MacAlgorithm }) => ({ keyId: KeyId, message: Message, algorithm: MacAlgorithm })),
    answer: ({ keyId, mac }, { algorithm }) => ({ KeyId: keyId, Mac: encodeBase64(mac), MacAlgorithm: algorithm }),
  },
})

const verifyMac = action<MacInput & { readonly mac: Uint8Array }, boolean>({
  permission: 'kms:VerifyMac',
  changes: false,
  call: (keys, { keyId, message, mac, algorithm }) => keys.verifyMac(keyId, message, mac, algorithm),
  aws: {
    name: 'VerifyMac',
    request: z.strictObject({ ...given, Mac: base64(1, 6144) }).transform(({ KeyId, Message, MacAlgorithm, Mac }) => ({
      keyId: KeyId,
      message: Message,
      algorithm: MacAlgorithm,
      mac: Mac,
    })),
    answer(valid, { keyId, algorithm }) {
      if (!valid) throw new HufuError('MacMismatch', 'expected the MAC of this message, received another')
      return { KeyId: keyId, MacValid: true, MacAlgorithm: algorithm }
    },
  },
})

export const macs: readonly Action[] = [generateMac, verifyMac]
