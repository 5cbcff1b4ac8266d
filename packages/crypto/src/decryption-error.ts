/** What was wrong, for a log: not a property of the error, so that whoever prints or sends the error does not tell it. */
const details = new WeakMap<DecryptionError, string>()

/** The one error of every malformed or unauthentic input. It does not say what was wrong with it. */
export class DecryptionError extends Error {
  constructor({ detail, ...options }: { readonly cause?: unknown; readonly detail?: string } = {}) {
    super(
      'decryption failed: the data is not authentic, or the key or the context is not the one it was sealed with',
      options,
    )
    this.name = 'DecryptionError'
    if (detail !== undefined) details.set(this, detail)
  }
}

/** What was wrong with the input: for the log of whoever decrypts, never for whoever sent it. */
export function refusalOf(error: DecryptionError): string {
  const { cause } = error
  const told = cause instanceof DecryptionError ? refusalOf(cause) : cause instanceof Error ? cause.message : undefined
  return details.get(error) ?? told ?? 'the data is not authentic'
}
