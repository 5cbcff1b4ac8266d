import { MAX_NESTING, MAX_POLICY_SIZE } from './limits.ts'
import { PolicyError, pathOf } from './policy-error.ts'

interface Open {
  /** Names so far; null in an array. */
  readonly names: Set<string> | null
  /** The name or index that is being read. */
  at: string | number
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g

/**
 * A policy's JSON. Refused beyond JSON's own rules: what is too large or too deep, a name that is there twice (of
 * which readers take different ones) and `__proto__`.
 */
export function readJson(text: string): unknown {
  // A UTF-16 unit is at least one byte: what is far too large is not even counted.
  if (text.length > MAX_POLICY_SIZE || Buffer.byteLength(text) > MAX_POLICY_SIZE)
    throw new PolicyError('', `expected at most ${MAX_POLICY_SIZE} bytes of policy`)
  const value = parse(text)
  checkStructure(text)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PolicyError('', 'expected JSON', { cause })
  }
}

/** Walks the tokens of what is known to be JSON. */
function checkStructure(text: string): void {
  const open: Open[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1)
    if (token === '{' || token === '[') enter(open, token)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') addName(open, JSON.parse(last))
    else if (token === ',' && typeof inner?.at === 'number') inner.at += 1
    last = token
  }
}

function enter(open: Open[], bracket: '{' | '['): void {
  if (open.length === MAX_NESTING)
    throw new PolicyError(placeOf(open), `expected at most ${MAX_NESTING} objects and lists inside one another`)
  open.push(bracket === '{' ? { names: new Set(), at: '' } : { names: null, at: 0 })
}

function addName(open: Open[], name: string): void {
  const inner = open.at(-1)
  if (!inner?.names) return
  inner.at = name
  if (name === '__proto__') throw new PolicyError(placeOf(open), 'expected another name')
  if (inner.names.has(name)) throw new PolicyError(placeOf(open), 'expected each name once')
  inner.names.add(name)
}

const placeOf = (open: readonly Open[]): string => pathOf(open.map(({ at }) => at))
