import { createPublicKey } from 'node:crypto'
import type { Transfer } from '@hufu/kms'

import pkcs11 from 'pkcs11js'
import { KEY_WRAP_PAD, MAX_WRAPPED } from './key-wrap.ts'
import { oaepSha1 } from './oaep.ts'
import { mayLeave, mayNotLeave, sessionObjects } from './templates.ts'

/** Bytes of the largest RSA modulus. */
const MAX_BLOCK = 512

interface Token {
  readonly api: pkcs11.PKCS11
  readonly session: pkcs11.Handle
}

/**
 * Keys that leave the token for another one (docs/formats/replica.md). `unwrap` brings each into the session as an
 * object that may leave; none of them stays.
 */
export function sendKeys(
  { api, session }: Token,
  publicKey: Uint8Array,
  unwrap: readonly (() => pkcs11.Handle)[],
): Transfer {
  const objects: pkcs11.Handle[] = []
  const keep = (object: pkcs11.Handle): pkcs11.Handle => {
    objects.push(object)
    return object
  }
  const wrap = (mechanism: pkcs11.Mechanism, under: pkcs11.Handle, key: pkcs11.Handle, room: number): Uint8Array =>
    Uint8Array.from(api.C_WrapKey(session, mechanism, under, key, Buffer.alloc(room)))
  try {
    const receiver = keep(api.C_CreateObject(session, receiverTemplate(publicKey)))
    const size = { type: pkcs11.CKA_VALUE_LEN, value: 32 }
    const generated = [...sessionObjects.kek, size, mayLeave]
    const kek = keep(api.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, generated))
    const wrapped = unwrap.map((each) => wrap({ mechanism: KEY_WRAP_PAD }, kek, keep(each()), MAX_WRAPPED))
    return { kek: wrap(oaepSha1, receiver, kek, MAX_BLOCK), wrapped }
  } finally {
    for (const object of objects) api.C_DestroyObject(session, object)
  }
}

/** Keys from another token: each is unwrapped into this one as `template` says, and given to `take`. */
export function receiveKeys(
  { api, session }: Token,
  unwrapping: pkcs11.Handle,
  { kek: encrypted, wrapped }: Transfer,
  template: pkcs11.Template,
  take: (key: pkcs11.Handle) => Uint8Array,
): readonly Uint8Array[] {
  const own = [...sessionObjects.kek, mayNotLeave]
  const kek = api.C_UnwrapKey(session, oaepSha1, unwrapping, Buffer.from(encrypted), own)
  try {
    const unwrap = (key: Uint8Array) =>
      api.C_UnwrapKey(session, { mechanism: KEY_WRAP_PAD }, kek, Buffer.from(key), [...template, mayLeave])
    return wrapped.map((key) => take(unwrap(key)))
  } finally {
    api.C_DestroyObject(session, kek)
  }
}

function receiverTemplate(publicKey: Uint8Array): pkcs11.Template {
  const { n = '', e = '' } = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' }).export({
    format: 'jwk',
  })
  return [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PUBLIC_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
    { type: pkcs11.CKA_TOKEN, value: false },
    { type: pkcs11.CKA_WRAP, value: true },
    { type: pkcs11.CKA_MODULUS, value: Buffer.from(n, 'base64url') },
    { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.from(e, 'base64url') },
  ]
}
