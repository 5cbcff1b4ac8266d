import { createPublicKey } from 'node:crypto'
import { DecryptionError } from '@hufu/crypto'
import type { KeySpec } from '@hufu/kms'
import pkcs11 from 'pkcs11js'

const curveNames: Partial<Record<KeySpec, string>> = {
  ECC_NIST_P256: 'P-256',
  ECC_NIST_P384: 'P-384',
  ECC_NIST_P521: 'P-521',
}

/** 04 || x || y of a SubjectPublicKeyInfo in DER. Throws `DecryptionError` for a key that is not of that curve. */
export function ecPoint(spec: KeySpec, publicKey: Uint8Array): Uint8Array {
  const { crv, x = '', y = '' } = jwkOf(publicKey)
  if (crv !== curveNames[spec]) throw new DecryptionError()
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
}

function jwkOf(publicKey: Uint8Array) {
  try {
    return createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' }).export({ format: 'jwk' })
  } catch (cause) {
    throw new DecryptionError({ cause })
  }
}

/** CKM_ECDH1_DERIVE without a KDF (PKCS#11 v2.40, 2.3.8): the x coordinate, which the caller is to get. */
export function deriveSecret(
  api: pkcs11.PKCS11,
  session: pkcs11.Handle,
  key: pkcs11.Handle,
  point: Uint8Array,
): Uint8Array {
  const parameter: pkcs11.ECDH1 = {
    type: pkcs11.CK_PARAMS_EC_DH,
    kdf: pkcs11.CKD_NULL,
    publicData: Buffer.from(point),
  }
  const secret = api.C_DeriveKey(session, { mechanism: pkcs11.CKM_ECDH1_DERIVE, parameter }, key, [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_GENERIC_SECRET },
    { type: pkcs11.CKA_TOKEN, value: false },
    { type: pkcs11.CKA_SENSITIVE, value: false },
    { type: pkcs11.CKA_EXTRACTABLE, value: true },
    { type: pkcs11.CKA_VALUE_LEN, value: (point.length - 1) / 2 },
  ])
  try {
    const [attribute] = api.C_GetAttributeValue(session, secret, [{ type: pkcs11.CKA_VALUE }])
    if (!Buffer.isBuffer(attribute?.value)) throw new TypeError('expected the value of a derived secret')
    return Uint8Array.from(attribute.value)
  } finally {
    api.C_DestroyObject(session, secret)
  }
}
