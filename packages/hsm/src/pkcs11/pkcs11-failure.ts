import pkcs11 from 'pkcs11js'

/** What a token answers when its session, its login or the token itself is gone, and opening it again may help. */
const lost = new Set([
  pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
  pkcs11.CKR_DEVICE_ERROR,
  pkcs11.CKR_DEVICE_MEMORY,
  pkcs11.CKR_DEVICE_REMOVED,
  pkcs11.CKR_HOST_MEMORY,
  pkcs11.CKR_KEY_HANDLE_INVALID,
  pkcs11.CKR_OBJECT_HANDLE_INVALID,
  pkcs11.CKR_OPERATION_ACTIVE,
  pkcs11.CKR_OPERATION_NOT_INITIALIZED,
  pkcs11.CKR_SESSION_CLOSED,
  pkcs11.CKR_SESSION_HANDLE_INVALID,
  pkcs11.CKR_SLOT_ID_INVALID,
  pkcs11.CKR_TOKEN_NOT_PRESENT,
  pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
  pkcs11.CKR_UNWRAPPING_KEY_HANDLE_INVALID,
  pkcs11.CKR_USER_NOT_LOGGED_IN,
  pkcs11.CKR_WRAPPING_KEY_HANDLE_INVALID,
])

/** The CKR_ value; null when the error is not the token's. */
export const returnValue = (error: unknown): number | null => (error instanceof pkcs11.Pkcs11Error ? error.code : null)

/** The session, asked whether it lives, did not answer as one that does. */
export class SessionLost extends Error {
  constructor(cause: unknown) {
    super('the session of the token is lost', { cause })
    this.name = 'SessionLost'
  }
}

export const isLost = (error: unknown): boolean =>
  error instanceof SessionLost || lost.has(returnValue(error) ?? pkcs11.CKR_OK)

/** Runs the action; that it was already so is no failure. */
export function tolerate(returnValues: readonly number[], action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!returnValues.includes(returnValue(error) ?? pkcs11.CKR_OK)) throw error
  }
}
