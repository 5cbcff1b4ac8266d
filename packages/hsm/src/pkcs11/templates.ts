import pkcs11 from 'pkcs11js'

const secretKey: pkcs11.Template = [
  { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
  { type: pkcs11.CKA_PRIVATE, value: true },
  { type: pkcs11.CKA_SENSITIVE, value: true },
]

const aes = { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES }
const size = { type: pkcs11.CKA_VALUE_LEN, value: 32 }

/** A key that stays in the token for ever, for the named uses and no other. */
export const rootKey = (
  label: string,
  uses: { readonly wraps: boolean; readonly encrypts: boolean },
): pkcs11.Template => [
  ...secretKey,
  aes,
  size,
  { type: pkcs11.CKA_LABEL, value: label },
  { type: pkcs11.CKA_TOKEN, value: true },
  { type: pkcs11.CKA_EXTRACTABLE, value: false },
  { type: pkcs11.CKA_WRAP, value: uses.wraps },
  { type: pkcs11.CKA_UNWRAP, value: uses.wraps },
  { type: pkcs11.CKA_ENCRYPT, value: uses.encrypts },
  { type: pkcs11.CKA_DECRYPT, value: uses.encrypts },
]

const aesSession: pkcs11.Template = [
  ...secretKey,
  aes,
  { type: pkcs11.CKA_TOKEN, value: false },
  { type: pkcs11.CKA_ENCRYPT, value: true },
  { type: pkcs11.CKA_DECRYPT, value: true },
]

/** A session object that may leave the token wrapped: for the moment between its making and its wrapping. */
export const newAesKey: pkcs11.Template = [...aesSession, size, { type: pkcs11.CKA_EXTRACTABLE, value: true }]

/** A session object that may not leave the token again. */
export const unwrappedAesKey: pkcs11.Template = [...aesSession, { type: pkcs11.CKA_EXTRACTABLE, value: false }]
