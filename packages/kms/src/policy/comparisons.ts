import { addressBlock } from './address.ts'
import { type Matcher, wildcard } from './wildcard.ts'

/** Reads the value of a policy into a test of a request's value. Null when the value is none of its kind. */
type Comparison = (value: string) => Matcher | null

const NUMBER = /^[+-]?(\d{1,15}(\.\d{1,15})?|\.\d{1,15})$/
const EPOCH_SECONDS = /^\d{1,11}$/
const ISO_DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/

const readNumber = (text: string): number => (NUMBER.test(text) ? Number(text) : Number.NaN)

/** Milliseconds since the epoch, of an ISO 8601 date or of seconds since the epoch. */
const readDate = (text: string): number =>
  EPOCH_SECONDS.test(text) ? Number(text) * 1000 : ISO_DATE.test(text) ? Date.parse(text) : Number.NaN

const readBool = (text: string): boolean | null => {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : null
}

/** What can not be read (NaN) never compares as true. */
const ordered =
  (read: (text: string) => number, holds: (actual: number, expected: number) => boolean): Comparison =>
  (value) => {
    const expected = read(value)
    return Number.isNaN(expected) ? null : (text) => holds(read(text), expected)
  }

const bool: Comparison = (value) => {
  const expected = readBool(value)
  return expected === null ? null : (text) => readBool(text) === expected
}

const equalIgnoreCase: Comparison = (value) => {
  const expected = value.toLowerCase()
  return (text) => text.toLowerCase() === expected
}

/** Each of the six parts by itself, so that no wildcard reaches over a colon of the first five. */
const arn: Comparison = (value) => {
  const parts = arnParts(value)?.map(wildcard)
  if (parts === undefined) return null
  return (text) => arnParts(text)?.every((part, index) => parts[index]?.(part)) ?? false
}

function arnParts(text: string): readonly string[] | null {
  const parts = text.split(':')
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

const equal = (a: number, b: number) => a === b
const less = (a: number, b: number) => a < b
const lessOrEqual = (a: number, b: number) => a <= b
const greater = (a: number, b: number) => a > b
const greaterOrEqual = (a: number, b: number) => a >= b

/** What operators compare by; both syntaxes name these. */
export const comparisons = {
  stringEqual: (value) => (text) => text === value,
  stringEqualIgnoreCase: equalIgnoreCase,
  stringLike: wildcard,
  numericEqual: ordered(readNumber, equal),
  numericLess: ordered(readNumber, less),
  numericLessOrEqual: ordered(readNumber, lessOrEqual),
  numericGreater: ordered(readNumber, greater),
  numericGreaterOrEqual: ordered(readNumber, greaterOrEqual),
  dateEqual: ordered(readDate, equal),
  dateLess: ordered(readDate, less),
  dateLessOrEqual: ordered(readDate, lessOrEqual),
  dateGreater: ordered(readDate, greater),
  dateGreaterOrEqual: ordered(readDate, greaterOrEqual),
  bool,
  address: addressBlock,
  arn,
  /** Asks only whether the key is there: see conditions.ts. */
  absent: bool,
} as const satisfies Record<string, Comparison>

export type ComparisonName = keyof typeof comparisons
