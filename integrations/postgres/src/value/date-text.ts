import { InvalidValue } from './invalid-value.ts'

const ISO =
  /^(\d{4,6})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i

interface Moment {
  readonly date: string
  /** Microseconds since midnight. */
  readonly micros: number
  /** Minutes east of Greenwich; null when not given. */
  readonly offset: number | null
}

/** `YYYY-MM-DD`; a time or an offset behind it is dropped, as PostgreSQL does. */
export const dateText = (input: string): string => infinite(input) ?? moment('date', input).date

/** Date and time as written; an offset is ignored, as PostgreSQL does for this type. */
export function timestampText(input: string): string {
  const special = infinite(input)
  if (special !== null) return special
  const { date, micros } = moment('timestamp', input)
  return `${date} ${clock(micros)}`
}

/** The moment in UTC. An offset is required: without one PostgreSQL would ask the session's time zone. */
export function timestamptzText(input: string): string {
  const special = infinite(input)
  if (special !== null) return special
  const { date, micros, offset } = moment('timestamptz', input)
  if (offset === null) throw new InvalidValue('timestamptz', 'a time with its offset, such as 2026-01-31T12:00:00Z,')
  const shifted = micros - offset * 60_000_000
  const days = Math.floor(shifted / DAY)
  return `${addDays(date, days)} ${clock(shifted - days * DAY)}+00`
}

const DAY = 86_400_000_000

const infinite = (input: string): string | null =>
  /^\s*([+-]?infinity)\s*$/i.exec(input)?.[1]?.toLowerCase().replace('+', '') ?? null

function moment(type: string, input: string): Moment {
  const parts = ISO.exec(input.trim())
  if (parts === null) throw new InvalidValue(type, 'ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z,')
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = ''] = parts
  const date = `${year.replace(/^0+(?=\d{4})/, '')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  if (addDays(date, 0) !== date || year.startsWith('0000')) throw new InvalidValue(type, 'a day of the calendar')
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw new InvalidValue(type, 'a time of the day')
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  return { date, micros: seconds * 1_000_000 + Number(fraction.padEnd(6, '0')), offset: offsetOf(parts[8]) }
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null
  if (zone.toUpperCase() === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return zone.startsWith('-') ? -minutes : minutes
}

function addDays(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day + days)
  return `${String(at.getUTCFullYear()).padStart(4, '0')}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
}

function clock(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return fraction === '' ? time : `${time}.${fraction}`
}

const two = (value: number): string => String(value).padStart(2, '0')
