import { BackendUnavailable } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import type { Cryptoki } from './cryptoki.ts'
import { isLost, returnValue, SessionLost } from './pkcs11-failure.ts'
import { closeQuietly, openAnother, openSession, type TokenIdentity, type TokenSession } from './token-session.ts'

/** The one session that the token's keys are used in. When it is lost it is opened again, once for each call. */
export class TokenConnection {
  readonly #cryptoki: Cryptoki
  readonly #identity: TokenIdentity
  readonly #lost: () => void
  #session: TokenSession | null = null

  /** `lost` is told when every session object is gone. */
  constructor(cryptoki: Cryptoki, identity: TokenIdentity, lost: () => void) {
    this.#cryptoki = cryptoki
    this.#identity = identity
    this.#lost = lost
  }

  get api(): pkcs11.PKCS11 {
    return this.#cryptoki.api
  }

  /** Runs the action in the session. Throws `BackendUnavailable` when the token does not answer. */
  run<T>(act: (session: TokenSession) => T): T {
    try {
      return act(this.#open())
    } catch (error) {
      if (!isLost(error)) throw error
      this.close()
    }
    try {
      return act(this.#open())
    } catch (cause) {
      if (returnValue(cause) === null && !isLost(cause)) throw cause
      this.close()
      throw this.#unavailable('to answer', cause)
    }
  }

  /** Runs the action, off the event loop where it likes, in a session of its own that is closed after it. */
  async runAlone<T>(act: (session: pkcs11.Handle) => Promise<T>): Promise<T> {
    const own = this.run((session) => {
      this.checkAlive(session)
      return openAnother(this.api, this.#identity)
    })
    try {
      return await this.#cryptoki.offLoop(() => act(own))
    } catch (cause) {
      if (returnValue(cause) === null) throw cause
      throw this.#unavailable('to make a key', cause)
    } finally {
      closeQuietly(this.api, own)
    }
  }

  /**
   * Runs a step of an action whose input may be at fault. Some tokens answer bad input with CKR_GENERAL_ERROR: it is
   * the input's fault when the session still lives.
   */
  judge<T>(session: TokenSession, act: () => T, fault: (cause: unknown) => Error): T {
    try {
      return act()
    } catch (error) {
      if (returnValue(error) === null || isLost(error)) throw error
      this.checkAlive(session)
      throw fault(error)
    }
  }

  checkAlive({ handle, wrapping }: TokenSession): void {
    try {
      this.api.C_GetSessionInfo(handle)
      this.api.C_GetAttributeValue(handle, wrapping, [{ type: pkcs11.CKA_LABEL }])
    } catch (cause) {
      throw new SessionLost(cause)
    }
  }

  /** Destroys a session object, when its session is still the one it was made in. */
  destroy(object: pkcs11.Handle): void {
    if (this.#session !== null) this.api.C_DestroyObject(this.#session.handle, object)
  }

  /** Idempotent; the next action opens it again. */
  close(): void {
    const session = this.#session
    this.#session = null
    this.#lost()
    if (session?.generation === this.#cryptoki.generation) closeQuietly(this.api, session.handle)
  }

  #open(): TokenSession {
    if (this.#session !== null && this.#session.generation !== this.#cryptoki.generation) this.close()
    this.#session ??= openSession(this.#cryptoki, this.#identity)
    return this.#session
  }

  #unavailable(expected: string, cause: unknown): BackendUnavailable {
    return new BackendUnavailable(`expected the token ${this.#identity.label} ${expected}, received an error`, {
      cause,
    })
  }
}
