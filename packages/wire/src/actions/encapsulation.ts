import { z } from 'zod'
import type { Encapsulated } from '../post-quantum.ts'
import { base64, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon, recipient } from './common-fields.ts'
import type { KeyInput } from './on-one-key.ts'

const asked = { KeyId: keyName, EncapsulationAlgorithm: z.literal('ML_KEM'), ...awsCommon }

const shared = ({ keyId, sharedSecret }: Omit<Encapsulated, 'encapsulation'>): Record<string, unknown> => ({
  KeyId: keyId,
  SharedSecret: encodeBase64(sharedSecret),
  EncapsulationAlgorithm: 'ML_KEM',
})

const encapsulate = action<KeyInput, Encapsulated>({
  permission: 'kms:Encapsulate',
  changes: false,
  call: (keys, { keyId }) => keys.encapsulate(keyId),
  aws: {
    name: 'Encapsulate',
    request: z.strictObject(asked).transform(({ KeyId }) => ({ keyId: KeyId })),
    answer: (given) => ({ ...shared(given), SharedSecretCiphertextBlob: encodeBase64(given.encapsulation) }),
  },
})

const decapsulate = action<KeyInput & { readonly encapsulation: Uint8Array }, Omit<Encapsulated, 'encapsulation'>>({
  permission: 'kms:Decapsulate',
  changes: false,
  call: (keys, { keyId, encapsulation }) => keys.decapsulate(keyId, encapsulation),
  aws: {
    name: 'Decapsulate',
    request: z
      .strictObject({ ...asked, SharedSecretCiphertextBlob: base64(1, 6144, 'DecryptionFailed'), ...recipient })
      .transform(({ KeyId, SharedSecretCiphertextBlob }) => ({
        keyId: KeyId,
        encapsulation: SharedSecretCiphertextBlob,
      })),
    answer: shared,
  },
})

/** ML-KEM (FIPS 203). */
export const encapsulation: readonly Action[] = [encapsulate, decapsulate]
