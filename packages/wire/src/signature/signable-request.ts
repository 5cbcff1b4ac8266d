/** Headers as Node receives them: lower-case names, repeated ones as an array. */
export type HeadersReceived = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a signature covers of an HTTP request. Nothing here is decoded: the canonical form is made from the raw one. */
export interface SignableRequest {
  readonly method: string
  /** As sent, percent-encoded, without the query. */
  readonly path: string
  /** As sent, without the question mark; empty when there is none. */
  readonly query: string
  readonly headers: HeadersReceived
  /** Hex SHA-256 of the body, or the literal that stands for it (`UNSIGNED-PAYLOAD`, `STREAMING-…`). */
  readonly payloadHash: string
}

/** The header's canonical value: trimmed, runs of spaces collapsed, repeated ones joined by a comma. */
export function headerValue(headers: HeadersReceived, name: string): string {
  const value = headers[name]
  if (value === undefined) return ''
  if (typeof value === 'string') return collapse(value)
  return value.map(collapse).join(',')
}

const collapse = (value: string): string => (value.includes('  ') ? value.replace(/ +/g, ' ') : value).trim()
