import { InvalidValue } from './invalid-value.ts'

/** Whole numbers of so many bits, without sign or zeros in front. */
export const integerText =
  (type: string, bits: number) =>
  (input: string): string => {
    if (!/^\s*[+-]?\d+\s*$/.test(input)) throw new InvalidValue(type, 'a whole number')
    const value = BigInt(input.trim().replace(/^\+/, ''))
    if (BigInt.asIntN(bits, value) !== value) throw new InvalidValue(type, `a whole number of ${bits} bits`)
    return value.toString()
  }

/** Digits before the point, digits after it. */
interface Decimal {
  readonly negative: boolean
  readonly whole: string
  readonly fraction: string
}

/** Digits of either side that PostgreSQL's numeric may have (section 8.1.2 of its manual). */
const WHOLE_MAX = 131_072
const FRACTION_MAX = 16_383

/** Keeps the scale as PostgreSQL does: `1.50` stays, `1e3` is `1000`, `-0` is `0`. */
export function numericText(input: string): string {
  const special = /^\s*(nan|[+-]?inf(?:inity)?)\s*$/i.exec(input)?.[1]?.toLowerCase()
  if (special !== undefined) return special === 'nan' ? 'NaN' : special.startsWith('-') ? '-Infinity' : 'Infinity'
  const { negative, whole, fraction } = decimal(input)
  const digits = fraction === '' ? whole : `${whole}.${fraction}`
  return negative && /[1-9]/.test(digits) ? `-${digits}` : digits
}

/** Equal numbers of different scales have the same text: `1.50` and `1.5`. */
export const numericIndexText = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

function decimal(input: string): Decimal {
  const parts = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,6}))?\s*$/i.exec(input)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts ?? []
  if (parts === null || whole + fraction === '') throw new InvalidValue('numeric', 'a decimal number')
  const shift = Number(exponent)
  if (whole.length + Math.max(shift, 0) > WHOLE_MAX || fraction.length + Math.max(-shift, 0) > FRACTION_MAX)
    throw new InvalidValue('numeric', `at most ${WHOLE_MAX} digits before the point and ${FRACTION_MAX} after`)
  return shifted(sign === '-', whole, fraction, shift)
}

function shifted(negative: boolean, whole: string, fraction: string, shift: number): Decimal {
  const digits = `${whole}${fraction}`
  const point = whole.length + shift
  const left = point > digits.length ? digits.padEnd(point, '0') : digits.slice(0, Math.max(point, 0))
  const right = point < 0 ? digits.padStart(digits.length - point, '0') : digits.slice(Math.max(point, 0))
  return { negative, whole: left.replace(/^0+(?=\d)/, '') || '0', fraction: right }
}

/** The shortest text that reads back as the same double, with PostgreSQL's names for the special ones. */
export function doubleText(input: string): string {
  const word = input.trim().toLowerCase()
  if (/^[+-]?inf(inity)?$/.test(word)) return word.startsWith('-') ? '-Infinity' : 'Infinity'
  if (word === 'nan') return 'NaN'
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word)) throw new InvalidValue('double precision', 'a number')
  const value = Number(word)
  const lost = !Number.isFinite(value) || (value === 0 && /[1-9]/.test(word.split('e')[0] ?? ''))
  if (lost) throw new InvalidValue('double precision', 'a number that a double can hold')
  return Object.is(value, -0) ? '-0' : String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}
