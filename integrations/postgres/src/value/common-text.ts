import { InvalidValue } from './invalid-value.ts'

const truths = ['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1']
const lies = ['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0']

/** `t` or `f`, from every spelling that PostgreSQL takes (section 8.6 of its manual). */
export function booleanText(input: string): string {
  const word = input.trim().toLowerCase()
  if (truths.includes(word)) return 't'
  if (lies.includes(word)) return 'f'
  throw new InvalidValue('boolean', 'true or false')
}

/** Lower case, five groups; from upper case, braces, or hyphens after any four digits. */
export function uuidText(input: string): string {
  const inner = /^\{(.*)\}$/.exec(input)?.[1] ?? input
  const digits = inner.toLowerCase().replaceAll('-', '')
  if (!/^[0-9a-f]{4}(-?[0-9a-f]{4}){7}$/i.test(inner)) throw new InvalidValue('uuid', '32 hexadecimal digits')
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}
