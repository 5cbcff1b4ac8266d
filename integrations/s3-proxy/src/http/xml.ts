import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from '../error.ts'

export type XmlValue = string | number | boolean | undefined | XmlFields | readonly XmlValue[]
export interface XmlFields {
  readonly [name: string]: XmlValue
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** An S3 answer: fields in order, arrays as repeated elements, undefined ones left out. */
export const toXml = (root: string, fields: XmlFields, namespace = true): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace ? ` xmlns="${NAMESPACE}"` : ''}>${inner(fields)}</${root}>`

const inner = (fields: XmlFields): string =>
  Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('')

function element(name: string, value: XmlValue): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((one: XmlValue) => element(name, one)).join('')
  return `<${name}>${typeof value === 'object' ? inner(value as XmlFields) : escapeXml(String(value))}</${name}>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Control characters as references: XML 1.0 has no other way, and clients ask for `encoding-type=url` where they occur. */
const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be escaped
  text.replace(/[&<>"\u0000-\u001f\ufffe\uffff]/g, (c) => ENTITIES[c] ?? `&#${c.charCodeAt(0)};`)

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  alwaysCreateTextNode: false,
  htmlEntities: false,
  isArray: (name) => name === 'Object' || name === 'Part',
})

/** The content of the root element. Throws `MalformedXML`. A document with a DOCTYPE is refused: nothing expands here. */
export function parseXml(text: string, root: string): unknown {
  if (text.includes('<!DOCTYPE') || text.includes('<!ENTITY') || XMLValidator.validate(text) !== true)
    throw new S3Error('MalformedXML', `expected an XML document with a root element ${root}`)
  const parsed: unknown = parser.parse(text)
  const content = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, root) : undefined
  if (content === undefined) throw new S3Error('MalformedXML', `expected a root element ${root}`)
  return content
}
