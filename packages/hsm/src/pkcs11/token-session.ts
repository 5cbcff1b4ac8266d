import { BackendUnavailable } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import type { Cryptoki } from './cryptoki.ts'
import { returnValue, tolerate } from './pkcs11-failure.ts'
import { type RootKeys, rootKeys } from './root-keys.ts'

export interface TokenIdentity {
  /** Without its padding. */
  readonly label: string
  readonly pin: string
}

/** One logged-in session: its handle and the root keys. */
export interface TokenSession extends RootKeys {
  readonly handle: pkcs11.Handle
  /** Of the library when the session was opened. */
  readonly generation: number
}

/** The slot of the token of that label; null when it is not there. */
export function findSlot(api: pkcs11.PKCS11, label: string): pkcs11.Handle | null {
  return api.C_GetSlotList(true).find((slot) => tokenLabel(api, slot) === label) ?? null
}

/** Opens a session and logs in, after a restart of the library where needed. Throws `BackendUnavailable`. */
export function openSession(cryptoki: Cryptoki, identity: TokenIdentity): TokenSession {
  try {
    return logIn(cryptoki, identity)
  } catch (error) {
    if (error instanceof BackendUnavailable || returnValue(error) === pkcs11.CKR_PIN_INCORRECT)
      throw unavailable(identity, error)
  }
  try {
    cryptoki.restart()
    return logIn(cryptoki, identity)
  } catch (error) {
    throw unavailable(identity, error)
  }
}

function logIn({ api, generation }: Cryptoki, { label, pin }: TokenIdentity): TokenSession {
  const slot = findSlot(api, label)
  if (slot === null) throw new BackendUnavailable(`expected a token named ${label}, received none`)
  const handle = api.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
  try {
    tolerate([pkcs11.CKR_USER_ALREADY_LOGGED_IN], () => api.C_Login(handle, pkcs11.CKU_USER, pin))
    return { handle, generation, ...rootKeys(api, handle) }
  } catch (error) {
    api.C_CloseSession(handle)
    throw error
  }
}

/** One more session of a token that is logged in to: its login is all sessions'. */
export function openAnother(api: pkcs11.PKCS11, { label }: TokenIdentity): pkcs11.Handle {
  const slot = findSlot(api, label)
  if (slot === null) throw new BackendUnavailable(`expected a token named ${label}, received none`)
  return api.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
}

/** A session that is lost is closed already. */
export function closeQuietly(api: pkcs11.PKCS11, session: pkcs11.Handle): void {
  try {
    api.C_CloseSession(session)
  } catch (error) {
    if (returnValue(error) === null) throw error
  }
}

const unavailable = ({ label }: TokenIdentity, cause: unknown): BackendUnavailable =>
  cause instanceof BackendUnavailable
    ? cause
    : new BackendUnavailable(`expected the token ${label} to open, received an error`, { cause })

/** Labels are padded with blanks to 32 bytes (PKCS#11 v2.40, CK_TOKEN_INFO). */
export const paddedLabel = (label: string): string => label.padEnd(32)

const tokenLabel = (api: pkcs11.PKCS11, slot: pkcs11.Handle): string =>
  api.C_GetTokenInfo(slot).label.replaceAll('\0', '').trimEnd()
