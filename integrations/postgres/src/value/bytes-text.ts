import { InvalidValue } from './invalid-value.ts'

/** `\x…`, from that form or from the escape format (section 8.4 of PostgreSQL's manual). */
export function bytesText(input: string): string {
  if (input.startsWith('\\x')) return hexForm(input.slice(2))
  const bytes = input.replaceAll(/\\\\|\\[0-3][0-7]{2}|[\s\S]/gu, (unit) => {
    if (unit === '\\') throw new InvalidValue('bytea', 'bytes in hex or escape format')
    if (unit === '\\\\') return '5c'
    if (unit.startsWith('\\')) return Number.parseInt(unit.slice(1), 8).toString(16).padStart(2, '0')
    return Buffer.from(unit).toString('hex')
  })
  return `\\x${bytes}`
}

function hexForm(hex: string): string {
  const digits = hex.replaceAll(/\s/g, '').toLowerCase()
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new InvalidValue('bytea', 'pairs of hexadecimal digits')
  return `\\x${digits}`
}
