import { HufuError } from '../error.ts'

/** RFC 3986 percent-encoding of everything but unreserved characters, in upper-case hex. */
export const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** Throws `InvalidAuthorization` on a stray percent sign or on bytes that are not UTF-8. */
export function uriDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new HufuError('InvalidAuthorization', 'expected percent-encoded UTF-8 in the URL', { cause })
  }
}

/** The path, each segment encoded exactly once however the client sent it. */
export function canonicalPath(path: string): string {
  if (path === '/' || path === '') return '/'
  return path
    .split('/')
    .map((segment) => uriEncode(uriDecode(segment)))
    .join('/')
}

/** The query's pairs, each encoded once, in order of name then value; those named in `except` left out. */
export function canonicalQuery(query: string, except?: string): string {
  if (query === '') return ''
  const pairs: [string, string][] = []
  for (const [name, value] of queryPairs(query)) {
    if (name !== except) pairs.push([uriEncode(name), uriEncode(value)])
  }
  pairs.sort(([a, x], [b, y]) => order(a, b) || order(x, y))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

/** The decoded pairs of a raw query, in the order received. */
export function* queryPairs(query: string): Generator<[string, string]> {
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    const value = equals < 0 ? '' : pair.slice(equals + 1)
    yield [formDecode(name), formDecode(value)]
  }
}

const formDecode = (text: string): string => uriDecode(text.includes('+') ? text.replaceAll('+', ' ') : text)

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
