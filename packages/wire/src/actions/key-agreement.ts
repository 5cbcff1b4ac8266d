import { z } from 'zod'
import { base64, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon, recipient } from './common-fields.ts'
import type { KeyInput } from './on-one-key.ts'

interface Agreed {
  readonly keyId: string
  readonly sharedSecret: Uint8Array
  readonly origin: 'KMS' | 'EXTERNAL'
}

const deriveSharedSecret = action<KeyInput & { readonly publicKey: Uint8Array }, Agreed>({
  permission: 'kms:DeriveSharedSecret',
  changes: false,
  call: (keys, { keyId, publicKey }) => keys.deriveSharedSecret(keyId, publicKey),
  aws: {
    name: 'DeriveSharedSecret',
    request: z
      .strictObject({
        KeyId: keyName,
        KeyAgreementAlgorithm: z.literal('ECDH'),
        PublicKey: base64(1, 8192),
        ...awsCommon,
        ...recipient,
      })
      .transform(({ KeyId, PublicKey }) => ({ keyId: KeyId, publicKey: PublicKey })),
    answer: ({ keyId, sharedSecret, origin }) => ({
      KeyId: keyId,
      SharedSecret: encodeBase64(sharedSecret),
      KeyAgreementAlgorithm: 'ECDH',
      KeyOrigin: origin === 'KMS' ? 'AWS_KMS' : 'EXTERNAL',
    }),
  },
})

export const keyAgreement: readonly Action[] = [deriveSharedSecret]
