import { BackendUnavailable } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import { rootKey } from './templates.ts'

/**
 * The token's own keys. They are two because a key that may both unwrap and decrypt would give any session the
 * wrapped material in the clear.
 */
export interface RootKeys {
  /** Wraps and unwraps keys; encrypts nothing. */
  readonly wrapping: pkcs11.Handle
  /** Encrypts the material of keys that are used in process memory; unwraps nothing. */
  readonly sealing: pkcs11.Handle
}

/** Finds the root keys, or makes them in a token that has none. Throws when one is not as it must be. */
export const rootKeys = (api: pkcs11.PKCS11, session: pkcs11.Handle): RootKeys => ({
  wrapping: findOrMake(api, session, 'hufu-root', { wraps: true, encrypts: false }),
  sealing: findOrMake(api, session, 'hufu-seal', { wraps: false, encrypts: true }),
})

type Uses = Parameters<typeof rootKey>[1]

function findOrMake(api: pkcs11.PKCS11, session: pkcs11.Handle, label: string, uses: Uses): pkcs11.Handle {
  const key =
    find(api, session, label) ?? api.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, rootKey(label, uses))
  check(api, session, key, label, uses)
  return key
}

function find(api: pkcs11.PKCS11, session: pkcs11.Handle, label: string): pkcs11.Handle | null {
  api.C_FindObjectsInit(session, [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_LABEL, value: label },
  ])
  const found = api.C_FindObjects(session, 2)
  api.C_FindObjectsFinal(session)
  if (found.length > 1) throw new BackendUnavailable(`expected one key ${label} in the token, received several`)
  return found[0] ?? null
}

const required = (uses: Uses): readonly (readonly [number, boolean])[] => [
  [pkcs11.CKA_SENSITIVE, true],
  [pkcs11.CKA_ALWAYS_SENSITIVE, true],
  [pkcs11.CKA_EXTRACTABLE, false],
  [pkcs11.CKA_NEVER_EXTRACTABLE, true],
  [pkcs11.CKA_WRAP, uses.wraps],
  [pkcs11.CKA_UNWRAP, uses.wraps],
  [pkcs11.CKA_ENCRYPT, uses.encrypts],
  [pkcs11.CKA_DECRYPT, uses.encrypts],
]

function check(api: pkcs11.PKCS11, session: pkcs11.Handle, key: pkcs11.Handle, label: string, uses: Uses): void {
  const expected = required(uses)
  const attributes = api.C_GetAttributeValue(
    session,
    key,
    expected.map(([type]) => ({ type })),
  )
  const wrong = expected.find(([type, value]) => {
    const found = attributes.find((attribute) => attribute.type === type)?.value
    return !Buffer.isBuffer(found) || (found[0] === 1) !== value
  })
  if (wrong === undefined) return
  throw new BackendUnavailable(
    `expected key ${label} to have attribute 0x${wrong[0].toString(16)} ${wrong[1]}, received a token where it has not`,
  )
}
