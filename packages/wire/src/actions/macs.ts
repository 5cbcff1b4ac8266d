import { z } from 'zod'
import { HufuError } from '../error.ts'
import { base64, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon } from './common-fields.ts'
import type { KeyInput } from './on-one-key.ts'

interface MacInput extends KeyInput {
  readonly message: Uint8Array
}

const given = {
  KeyId: keyName,
  Message: base64(1, 4096),
  MacAlgorithm: z.literal('HMAC_SHA_256'),
  ...awsCommon,
}

const generateMac = action<MacInput, { readonly keyId: string; readonly mac: Uint8Array }>({
  permission: 'kms:GenerateMac',
  changes: false,
  call: (keys, { keyId, message }) => keys.generateMac(keyId, message),
  aws: {
    name: 'GenerateMac',
    request: z.strictObject(given).transform(({ KeyId, Message }) => ({ keyId: KeyId, message: Message })),
    answer: ({ keyId, mac }) => ({ KeyId: keyId, Mac: encodeBase64(mac), MacAlgorithm: 'HMAC_SHA_256' }),
  },
})

const verifyMac = action<MacInput & { readonly mac: Uint8Array }, boolean>({
  permission: 'kms:VerifyMac',
  changes: false,
  call: (keys, { keyId, message, mac }) => keys.verifyMac(keyId, message, mac),
  aws: {
    name: 'VerifyMac',
    request: z
      .strictObject({ ...given, Mac: base64(1, 6144) })
      .transform(({ KeyId, Message, Mac }) => ({ keyId: KeyId, message: Message, mac: Mac })),
    answer(valid, { keyId }) {
      if (!valid) throw new HufuError('MacMismatch', 'expected the MAC of this message, received another')
      return { KeyId: keyId, MacValid: true, MacAlgorithm: 'HMAC_SHA_256' }
    },
  },
})

export const macs: readonly Action[] = [generateMac, verifyMac]
