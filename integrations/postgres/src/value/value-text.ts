import { prepareValue } from 'pg/lib/utils.js'
import { arrayItems } from './array-text.ts'
import type { ColumnType } from './column-type.ts'
import { InvalidValue } from './invalid-value.ts'

/** The text of a value of that type, from whatever the driver would have sent; null for null. */
export function valueText(type: ColumnType, value: unknown): string | null {
  const sent = prepareValue(value)
  if (sent === null) return null
  if (typeof sent === 'string') return type.text(sent)
  if (type.name === 'bytea') return `\\x${sent.toString('hex')}`
  if (type.name !== 'text') throw new InvalidValue(type.name, 'text')
  return type.text(utf8.decode(sent))
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The texts of the items of an array, given as such or as PostgreSQL's literal. */
export function itemTexts(type: ColumnType, value: unknown): (string | null)[] | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map((item) => valueText(type, item))
  const literal = prepareValue(value)
  if (typeof literal !== 'string') throw new InvalidValue(`${type.name}[]`, 'an array')
  return arrayItems(type.name, literal).map((item) => (item === null ? null : type.text(item)))
}

/** The plaintext of a cell: UTF-8 of the text, and of bytes the bytes themselves. */
export const plaintextOf = (type: ColumnType, text: string): Buffer =>
  type.name === 'bytea' ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text)

export const textOf = (type: ColumnType, plaintext: Uint8Array): string => {
  const bytes = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length)
  return type.name === 'bytea' ? `\\x${bytes.toString('hex')}` : bytes.toString()
}
