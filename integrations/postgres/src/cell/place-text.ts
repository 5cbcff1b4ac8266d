import { HufuError } from '@hufu/wire'
import { columnTypeNumbered } from '../value/column-type.ts'
import { valueText } from '../value/value-text.ts'

/** A tenant or row as PostgreSQL prints it, so that what is sealed is what is read. */
export function placeText(typeOid: number, value: unknown): string {
  const type = columnTypeNumbered(typeOid)
  const text = type === undefined || !PLACES.includes(type.name) ? null : valueText(type, value)
  if (text === null)
    throw new HufuError('InvalidParameter', `expected a tenant or row column of type ${PLACES.join(', ')}`)
  return text
}

/** Types whose text is one for equal values. */
const PLACES = ['text', 'smallint', 'integer', 'bigint', 'uuid']
