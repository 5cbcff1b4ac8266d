import type { Call } from '../kms.ts'

/** Throws `AccessDenied`. Whoever asks has the record of it. */
export function authorise(call: Call, action: string, resource?: string): Promise<void> {
  const { caller } = call
  return call.kms.access.authorise({ caller, action, key: null, ...(resource === undefined ? {} : { resource }) })
}
