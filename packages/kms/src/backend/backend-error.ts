/** The backend does not answer now: the token is gone, a session is lost and could not be opened again. */
export class BackendUnavailable extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'BackendUnavailable'
  }
}

/** Wrapped material that this backend did not make, or that changed since. */
export class DamagedMaterial extends Error {
  constructor(id: string, options?: { cause?: unknown }) {
    super(`expected the material of ${id} as it was wrapped, received something else`, options)
    this.name = 'DamagedMaterial'
  }
}
