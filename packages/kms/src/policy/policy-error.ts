/** A policy that is refused at the door. */
export class PolicyError extends Error {
  /** Where the fault is, as in `Statement[0].Condition.StringEquals`; empty for the document as a whole. */
  readonly path: string

  constructor(path: string, message: string, options?: { cause?: unknown }) {
    super(path === '' ? message : `${path}: ${message}`, options)
    this.name = 'PolicyError'
    this.path = path
  }
}

/** `Statement`, `0`, `Effect` as `Statement[0].Effect`. */
export const pathOf = (steps: readonly PropertyKey[]): string =>
  steps.reduce<string>(
    (path, step) => path + (typeof step === 'number' ? `[${step}]` : `${path === '' ? '' : '.'}${String(step)}`),
    '',
  )
