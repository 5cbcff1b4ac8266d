import { DecryptionError, refusalOf } from '@hufu/crypto'
import { BackendUnavailable, DamagedMaterial } from '@hufu/kms'

/** An error on its way to another thread, where it would lose its class. */
export interface ErrorForm {
  readonly name: string
  readonly message: string
  /** What was wrong, for the log, of a `DecryptionError`. */
  readonly detail?: string
  readonly cause?: ErrorForm
}

export function toForm(error: unknown): ErrorForm {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message, cause } = error
  return {
    name,
    message,
    ...(error instanceof DecryptionError ? { detail: refusalOf(error) } : {}),
    ...(cause === undefined ? {} : { cause: toForm(cause) }),
  }
}

export function fromForm({ name, message, detail, cause: inner }: ErrorForm): Error {
  const options = inner === undefined ? {} : { cause: fromForm(inner) }
  if (name === 'DecryptionError')
    return new DecryptionError({ ...options, ...(detail === undefined ? {} : { detail }) })
  if (name === 'DamagedMaterial') return Object.assign(new DamagedMaterial('', options), { message })
  if (name === 'BackendUnavailable') return new BackendUnavailable(message, options)
  if (name === 'TypeError') return new TypeError(message, options)
  return Object.assign(new Error(message, options), { name })
}
