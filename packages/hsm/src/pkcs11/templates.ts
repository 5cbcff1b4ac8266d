import pkcs11 from 'pkcs11js'

const secretKey: pkcs11.Template = [
  { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
  { type: pkcs11.CKA_PRIVATE, value: true },
  { type: pkcs11.CKA_SENSITIVE, value: true },
]

/** A key that stays in the token for ever, for the named uses and no other. */
export const rootKey = (
  label: string,
  uses: { readonly wraps: boolean; readonly encrypts: boolean },
): pkcs11.Template => [
  ...secretKey,
  { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
  { type: pkcs11.CKA_VALUE_LEN, value: 32 },
  { type: pkcs11.CKA_LABEL, value: label },
  { type: pkcs11.CKA_TOKEN, value: true },
  { type: pkcs11.CKA_EXTRACTABLE, value: false },
  { type: pkcs11.CKA_WRAP, value: uses.wraps },
  { type: pkcs11.CKA_UNWRAP, value: uses.wraps },
  { type: pkcs11.CKA_ENCRYPT, value: uses.encrypts },
  { type: pkcs11.CKA_DECRYPT, value: uses.encrypts },
]

/** The attributes of a session object that is used in the token, by its kind of key. */
const sessionObject = (keyClass: number, keyType: number, uses: readonly number[]): pkcs11.Template => [
  { type: pkcs11.CKA_CLASS, value: keyClass },
  { type: pkcs11.CKA_KEY_TYPE, value: keyType },
  { type: pkcs11.CKA_TOKEN, value: false },
  { type: pkcs11.CKA_PRIVATE, value: true },
  { type: pkcs11.CKA_SENSITIVE, value: true },
  ...uses.map((type) => ({ type, value: true })),
]

export const sessionObjects = {
  aes: sessionObject(pkcs11.CKO_SECRET_KEY, pkcs11.CKK_AES, [pkcs11.CKA_ENCRYPT, pkcs11.CKA_DECRYPT]),
  kek: sessionObject(pkcs11.CKO_SECRET_KEY, pkcs11.CKK_AES, [pkcs11.CKA_WRAP, pkcs11.CKA_UNWRAP]),
  mac: sessionObject(pkcs11.CKO_SECRET_KEY, pkcs11.CKK_GENERIC_SECRET, [pkcs11.CKA_SIGN]),
  rsa: sessionObject(pkcs11.CKO_PRIVATE_KEY, pkcs11.CKK_RSA, [pkcs11.CKA_SIGN, pkcs11.CKA_DECRYPT, pkcs11.CKA_UNWRAP]),
  ec: sessionObject(pkcs11.CKO_PRIVATE_KEY, pkcs11.CKK_EC, [pkcs11.CKA_SIGN, pkcs11.CKA_DERIVE]),
} as const

/** For the moment between a key's making and its wrapping it may leave the token, wrapped. */
export const mayLeave: pkcs11.Attribute = { type: pkcs11.CKA_EXTRACTABLE, value: true }

/** Once unwrapped, it may not. */
export const mayNotLeave: pkcs11.Attribute = { type: pkcs11.CKA_EXTRACTABLE, value: false }
