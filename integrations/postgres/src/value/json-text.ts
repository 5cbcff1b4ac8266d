import { InvalidValue } from './invalid-value.ts'
import { readJson, writeJsonb } from './json-tokens.ts'

/** JSON as it was written, when it is JSON. */
export function jsonText(input: string): string {
  read('json', input)
  return input
}

/** JSON in the form of jsonb: the last of equal keys, keys by length and then bytes, numbers digit by digit. */
export const jsonbText = (input: string): string => writeJsonb(read('jsonb', input))

function read(type: string, input: string) {
  try {
    JSON.parse(input)
  } catch {
    throw new InvalidValue(type, 'JSON')
  }
  return readJson(input)
}
