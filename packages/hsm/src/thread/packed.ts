import { joined } from './joined.ts'

/** Where the bytes of one value lie in the memory that goes with a message. */
interface Place {
  readonly bytesAt: number
  readonly size: number
}

/** Values whose bytes lie together in one memory, which changes hands instead of being copied. */
export interface Packed {
  readonly values: readonly unknown[]
  readonly memory: Uint8Array<ArrayBuffer>
}

/** Takes copies. Bytes are found in plain objects and arrays, at any depth. */
export function pack(values: readonly unknown[]): Packed {
  const parts: Uint8Array[] = []
  let size = 0
  const lift = (bytes: Uint8Array): Place => {
    const place = { bytesAt: size, size: bytes.length }
    parts.push(bytes)
    size += bytes.length
    return place
  }
  const lifted = values.map((value) => replace(value, isBytes, lift))
  return { values: lifted, memory: joined(parts) }
}

/** The values again; their bytes are views of the memory. */
export const unpack = ({ values, memory }: Packed): readonly unknown[] =>
  values.map((value) => replace(value, isPlace, ({ bytesAt, size }) => memory.subarray(bytesAt, bytesAt + size)))

/** The values again, with bytes of their own; the memory is zeroised. */
export function unpackOwn(packed: Packed): readonly unknown[] {
  const own = unpack(packed).map((value) => replace(value, isBytes, (bytes) => Uint8Array.from(bytes)))
  packed.memory.fill(0)
  return own
}

function replace<T>(value: unknown, isOne: (value: object) => value is T & object, by: (one: T) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isOne(value)) return by(value)
  if (Array.isArray(value)) return value.map((item) => replace(item, isOne, by))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replace(item, isOne, by)]))
}

const isBytes = (value: object): value is Uint8Array => value instanceof Uint8Array

const isPlace = (value: object): value is Place => 'bytesAt' in value
