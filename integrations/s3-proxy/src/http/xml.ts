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

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The five entities of XML and character references (XML 1.0, section 4.1). Throws `MalformedXML` for any other. */
const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));?/g, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? malformedEntity(name)
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : malformedEntity(String(code))
  })

function malformedEntity(name: string): never {
  throw new S3Error('MalformedXML', `expected an entity of XML, received ${name}`)
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  alwaysCreateTextNode: false,
  processEntities: false,
  tagValueProcessor: (_, value) => unescapeXml(value),
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
