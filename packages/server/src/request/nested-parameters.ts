import { HufuError } from '@hufu/wire'

/** Parts of a name: the longest that any action has is a third of it. Without a bound a name fills the stack. */
const DEPTH_MAX = 32

type Branch = { [name: string]: string | Branch }

/**
 * The nested form of a flat list of parameters: `Tags.0.TagKey=a` is `{ Tags: [{ TagKey: 'a' }] }`.
 * Every value stays text. Throws `MalformedRequest` on a name given twice, or of too many parts.
 */
export function nestedParameters(pairs: Iterable<readonly [string, string]>): Record<string, unknown> {
  const root: Branch = {}
  for (const [name, value] of pairs) put(root, name.split('.'), value)
  const nested: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(root)) nested[name] = unfold(value)
  return nested
}

function put(root: Branch, path: readonly string[], value: string): void {
  if (path.length > DEPTH_MAX)
    throw new HufuError('MalformedRequest', `expected names of at most ${DEPTH_MAX} parts, received ${path.length}`)
  let branch = root
  for (const name of path.slice(0, -1)) {
    const next = own(branch, name) ?? {}
    if (typeof next === 'string') throw twice(path)
    branch[name] = next
    branch = next
  }
  const leaf = path.at(-1) ?? ''
  if (own(branch, leaf) !== undefined || leaf === '__proto__') throw twice(path)
  branch[leaf] = value
}

function own(branch: Branch, name: string): string | Branch | undefined {
  if (name === '__proto__') throw twice([name])
  return Object.hasOwn(branch, name) ? branch[name] : undefined
}

function unfold(value: string | Branch): unknown {
  if (typeof value === 'string') return value
  const entries = Object.entries(value).map(([name, inner]) => [name, unfold(inner)] as const)
  const isList = entries.every(([name], index) => name === String(index))
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

const twice = (path: readonly string[]): HufuError =>
  new HufuError('MalformedRequest', `expected each parameter once, received ${path.join('.').slice(0, 64)} again`)
