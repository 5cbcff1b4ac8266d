import type { HufuError } from '@hufu/wire'

/** What the caller reads: what was wrong, then what to do. An internal error says nothing of its insides. */
export function publicMessage(error: HufuError): string {
  const what = error.code === 'Internal' ? 'an internal error' : error.message
  return `${what}; ${error.hint}`
}
