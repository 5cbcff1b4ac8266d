import { HufuError } from '../error.ts'

/**
 * Parses one JSON object, strictly: a name given twice in any object is refused rather than the last one
 * taken, and so is `__proto__`. Throws `MalformedRequest`.
 */
export function parseJsonObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HufuError('MalformedRequest', 'expected a JSON object, received text that is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HufuError('MalformedRequest', 'expected a JSON object, received another JSON value')
  checkNames(text)
  return value as Record<string, unknown>
}

/** One pass over text that is known to be JSON: collects the names of each open object. */
function checkNames(json: string): void {
  const open: (Set<string> | null)[] = []
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i)
    if (c === OBJECT) open.push(new Set())
    else if (c === ARRAY) open.push(null)
    else if (c === OBJECT_END || c === ARRAY_END) open.pop()
    else if (c === QUOTE) {
      const end = stringEnd(json, i)
      const names = open.at(-1)
      if (names && isName(json, end)) addName(names, JSON.parse(json.slice(i, end)))
      i = end - 1
    }
  }
}

const OBJECT = 0x7b
const OBJECT_END = 0x7d
const ARRAY = 0x5b
const ARRAY_END = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** The index after the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  let i = json.indexOf('"', start + 1)
  while (isEscaped(json, i)) i = json.indexOf('"', i + 1)
  return i + 1
}

function isEscaped(json: string, quote: number): boolean {
  let backslashes = 0
  while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}

function isName(json: string, end: number): boolean {
  let i = end
  while (json.charCodeAt(i) <= 0x20) i++
  return json.charCodeAt(i) === COLON
}

function addName(names: Set<string>, name: string): void {
  if (names.has(name) || name === '__proto__')
    throw new HufuError(
      'MalformedRequest',
      `expected each name once, received ${JSON.stringify(name.slice(0, 64))} again`,
    )
  names.add(name)
}
