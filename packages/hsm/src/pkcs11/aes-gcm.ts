import { DecryptionError, NONCE_SIZE, TAG_SIZE } from '@hufu/crypto'
import pkcs11 from 'pkcs11js'

const mechanism = (nonce: Uint8Array, aad: Uint8Array): pkcs11.Mechanism => {
  const parameter: pkcs11.AesGCM = {
    type: pkcs11.CK_PARAMS_AES_GCM,
    iv: buffer(nonce),
    ivBits: NONCE_SIZE * 8,
    aad: buffer(aad),
    tagBits: TAG_SIZE * 8,
  }
  return { mechanism: pkcs11.CKM_AES_GCM, parameter }
}

/** Ciphertext and tag of a plaintext that is not empty: some tokens take none. */
export function sealInToken(
  api: pkcs11.PKCS11,
  session: pkcs11.Handle,
  key: pkcs11.Handle,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  if (nonce.length !== NONCE_SIZE)
    throw new TypeError(`expected a nonce of ${NONCE_SIZE} bytes, received ${nonce.length}`)
  if (plaintext.length === 0) throw new TypeError('expected at least 1 byte of plaintext, received 0')
  api.C_EncryptInit(session, mechanism(nonce, aad), key)
  return api.C_Encrypt(session, buffer(plaintext), Buffer.allocUnsafe(plaintext.length + TAG_SIZE))
}

/** Throws `DecryptionError` before it asks the token when there is nothing to ask. */
export function openInToken(
  api: pkcs11.PKCS11,
  session: pkcs11.Handle,
  key: pkcs11.Handle,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array {
  if (sealed.length <= TAG_SIZE || nonce.length !== NONCE_SIZE) throw new DecryptionError()
  api.C_DecryptInit(session, mechanism(nonce, aad), key)
  return api.C_Decrypt(session, buffer(sealed), Buffer.alloc(sealed.length)).subarray(0, sealed.length - TAG_SIZE)
}

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
