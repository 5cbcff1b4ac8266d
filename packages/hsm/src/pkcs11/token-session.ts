import { BackendUnavailable } from '@hufu/kms'
import * as pkcs11 from 'pkcs11js'
import { tolerate } from './pkcs11-failure.ts'
import { type RootKeys, rootKeys } from './root-keys.ts'

export interface TokenIdentity {
  /** Without its padding. */
  readonly label: string
  readonly pin: string
}

/** One logged-in session: its handle and the root keys. */
export interface TokenSession extends RootKeys {
  readonly handle: pkcs11.Handle
}

/** The slot of the token of that label; null when it is not there. */
export function findSlot(api: pkcs11.PKCS11, label: string): pkcs11.Handle | null {
  return api.C_GetSlotList(true).find((slot) => tokenLabel(api, slot) === label) ?? null
}

/** Opens a session and logs in. Throws `BackendUnavailable`, and leaves nothing open then. */
export function openSession(api: pkcs11.PKCS11, { label, pin }: TokenIdentity): TokenSession {
  try {
    const slot = findSlot(api, label)
    if (slot === null) throw new BackendUnavailable(`expected a token named ${label}, received none`)
    const handle = api.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
    try {
      tolerate([pkcs11.CKR_USER_ALREADY_LOGGED_IN], () => api.C_Login(handle, pkcs11.CKU_USER, pin))
      return { handle, ...rootKeys(api, handle) }
    } catch (error) {
      api.C_CloseSession(handle)
      throw error
    }
  } catch (cause) {
    if (cause instanceof BackendUnavailable) throw cause
    throw new BackendUnavailable(`expected the token ${label} to open, received an error`, { cause })
  }
}

/** Labels are padded with blanks to 32 bytes (PKCS#11 v2.40, CK_TOKEN_INFO). */
export const paddedLabel = (label: string): string => label.padEnd(32)

const tokenLabel = (api: pkcs11.PKCS11, slot: pkcs11.Handle): string =>
  api.C_GetTokenInfo(slot).label.replaceAll('\0', '').trimEnd()
