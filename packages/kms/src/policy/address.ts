import { isIPv4, isIPv6 } from 'node:net'

const V4_PREFIX = 96

/** The 8 groups of an IPv6 address; an IPv4 address is the mapped one (RFC 4291, 2.5.5.2). Null when it is neither. */
export function addressGroups(text: string): readonly number[] | null {
  if (isIPv4(text)) return [0, 0, 0, 0, 0, 0xffff, ...v4Groups(text)]
  if (!isIPv6(text) || text.includes('%')) return null
  const [head = '', tail] = text.split('::')
  const start = groups(head)
  if (tail === undefined) return start
  const end = groups(tail)
  return [...start, ...Array<number>(8 - start.length - end.length).fill(0), ...end]
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. Null when it is none; bits beyond the prefix do not count. */
export function addressBlock(text: string): ((address: string) => boolean) | null {
  const [address = '', prefix, ...more] = text.split('/')
  const block = addressGroups(address)
  if (block === null || more.length > 0) return null
  const bits = prefixBits(prefix, isIPv4(address))
  if (bits === null) return null
  return (received) => {
    const other = addressGroups(received)
    return other !== null && sameBits(block, other, bits)
  }
}

function prefixBits(prefix: string | undefined, v4: boolean): number | null {
  if (prefix === undefined) return 128
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix)) return null
  const bits = Number(prefix) + (v4 ? V4_PREFIX : 0)
  return bits <= 128 ? bits : null
}

const sameBits = (a: readonly number[], b: readonly number[], bits: number): boolean =>
  a.every((group, index) => {
    const dropped = 16 - Math.min(16, Math.max(0, bits - index * 16))
    return group >> dropped === (b[index] ?? 0) >> dropped
  })

const groups = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((group) => (group.includes('.') ? v4Groups(group) : [Number.parseInt(group, 16)]))

function v4Groups(text: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
