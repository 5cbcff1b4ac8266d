import { arrayText } from './array-text.ts'
import { bytesText } from './bytes-text.ts'
import { booleanText, uuidText } from './common-text.ts'
import { dateText, timestampText, timestamptzText } from './date-text.ts'
import { jsonbText, jsonText } from './json-text.ts'
import { doubleText, integerText, numericIndexText, numericText } from './number-text.ts'
import { plainText } from './plain-text.ts'

/** A declared type: how its values are written, so that they read back as PostgreSQL would give them. */
export interface ColumnType {
  readonly name: string
  /** The type's number in every PostgreSQL (pg_type.oid). */
  readonly oid: number
  /** `typlen` of pg_type: bytes, or -1. */
  readonly size: number
  /** PostgreSQL's own text of the value, from any text that it would accept. Throws `InvalidValue`. */
  text(input: string): string
  /** One text for all values that `=` calls equal; absent where the type has no equality to search by. */
  readonly equalText?: (text: string) => string
}

const same = (text: string): string => text

const scalars = [
  { name: 'text', oid: 25, size: -1, text: plainText, equalText: same },
  { name: 'smallint', oid: 21, size: 2, text: integerText('smallint', 16), equalText: same },
  { name: 'integer', oid: 23, size: 4, text: integerText('integer', 32), equalText: same },
  { name: 'bigint', oid: 20, size: 8, text: integerText('bigint', 64), equalText: same },
  { name: 'numeric', oid: 1700, size: -1, text: numericText, equalText: numericIndexText },
  { name: 'double precision', oid: 701, size: 8, text: doubleText, equalText: same },
  { name: 'boolean', oid: 16, size: 1, text: booleanText, equalText: same },
  { name: 'date', oid: 1082, size: 4, text: dateText, equalText: same },
  { name: 'timestamp', oid: 1114, size: 8, text: timestampText, equalText: same },
  { name: 'timestamptz', oid: 1184, size: 8, text: timestamptzText, equalText: same },
  { name: 'json', oid: 114, size: -1, text: jsonText },
  { name: 'jsonb', oid: 3802, size: -1, text: jsonbText },
  { name: 'bytea', oid: 17, size: -1, text: bytesText, equalText: same },
  { name: 'uuid', oid: 2950, size: 16, text: uuidText, equalText: same },
] satisfies ColumnType[]

const arrayOids: Readonly<Record<string, number>> = {
  text: 1009,
  smallint: 1005,
  integer: 1007,
  bigint: 1016,
  numeric: 1231,
  boolean: 1000,
  uuid: 2951,
}

const arrays: ColumnType[] = scalars.flatMap((type) => {
  const oid = arrayOids[type.name]
  return oid === undefined ? [] : [{ name: `${type.name}[]`, oid, size: -1, text: arrayText(type.name, type.text) }]
})

const aliases: Readonly<Record<string, string>> = {
  bool: 'boolean',
  'character varying': 'text',
  float8: 'double precision',
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  decimal: 'numeric',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  varchar: 'text',
}

const byName = new Map<string, ColumnType>([...scalars, ...arrays].map((type) => [type.name, type]))

export const columnTypeNames: readonly string[] = [...byName.keys()]

const byOid = new Map<number, ColumnType>([...scalars, ...arrays].map((type) => [type.oid, type]))

/** varchar, which is text with a limit. */
const VARCHAR = 1043

/** The type of that number in pg_type; undefined when it can't be encrypted. */
export const columnTypeNumbered = (oid: number): ColumnType | undefined =>
  oid === VARCHAR ? byName.get('text') : byOid.get(oid)

/** The type of that name or alias, as SQL writes it without a length; undefined when it can't be encrypted. */
export function columnType(name: string): ColumnType | undefined {
  const element = name.endsWith('[]') ? name.slice(0, -2) : name
  const canonical = `${aliases[element] ?? element}${name.slice(element.length)}`
  return byName.get(canonical)
}
