/** One element of AWS's query protocol: a list has `member` elements, a map has `entry` elements. */
export function xml(name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  return `<${name}>${content(value)}</${name}>`
}

function content(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => xml('member', item)).join('')
  if (value instanceof Map)
    return [...value].map(([key, item]) => xml('entry', { key: String(key), value: item })).join('')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, inner]) => xml(name, inner))
      .join('')
  return escaped(String(value))
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** What XML 1.0 can't have at all is left out. */
const escaped = (text: string): string =>
  text.replace(/\p{Cc}/gu, (c) => (c === '\t' || c === '\n' || c === '\r' ? c : '')).replace(/[&<>"']/g, reference)

const reference = (c: string): string => references[c] ?? ''
