import type { ListedObject, ListOptions, ListPage } from './object-store.ts'

/** The objects of a bucket whose key is at or after the given bytes, in order of UTF-8 bytes. */
export type Seek = (from: Buffer) => Iterable<ListedObject>

/** One page of a listing with prefix and delimiter; jumps over rolled-up keys instead of reading them. */
export function listPage(seek: Seek, options: ListOptions): ListPage {
  const objects: ListedObject[] = []
  const prefixes: string[] = []
  let last = ''
  if (options.limit > 0) {
    for (const { object, rolled } of entries(seek, options)) {
      if (objects.length + prefixes.length === options.limit) return { objects, prefixes, next: last }
      if (rolled === null) objects.push(object)
      else prefixes.push(rolled)
      last = rolled ?? object.key
    }
  }
  return { objects, prefixes, next: null }
}

interface Entry {
  readonly object: ListedObject
  /** The common prefix that stands for the object and those like it. */
  readonly rolled: string | null
}

function* entries(seek: Seek, options: ListOptions): Generator<Entry> {
  let from: Buffer | null = firstKey(options)
  while (from !== null) {
    const rolled: string | null = yield* plainEntries(seek(from), options)
    from = rolled === null ? null : beyond(rolled)
  }
}

/** Yields up to and with the first rolled-up entry, and returns its prefix; null at the end. */
function* plainEntries(objects: Iterable<ListedObject>, options: ListOptions): Generator<Entry, string | null> {
  for (const object of objects) {
    if (!object.key.startsWith(options.prefix)) return null
    const rolled = rollUp(object.key, options)
    if (rolled === null || isAfter(rolled, options.after)) yield { object, rolled }
    if (rolled !== null) return rolled
  }
  return null
}

function rollUp(key: string, { prefix, delimiter }: ListOptions): string | null {
  if (delimiter === '') return null
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? null : key.slice(0, at + delimiter.length)
}

function firstKey({ prefix, after }: ListOptions): Buffer {
  return after === '' || !isAfter(after, prefix, true) ? Buffer.from(prefix) : Buffer.from(`${after}\0`)
}

function isAfter(key: string, after: string, orEqual = false): boolean {
  const order = Buffer.compare(Buffer.from(key), Buffer.from(after))
  return order > 0 || (orEqual && order === 0)
}

/** The least bytes greater than all that start with the prefix; null when there are none. */
function beyond(prefix: string): Buffer | null {
  const bytes = Buffer.from(prefix)
  const at = bytes.findLastIndex((byte) => byte < 0xff)
  if (at < 0) return null
  const next = Buffer.from(bytes.subarray(0, at + 1))
  next.writeUInt8(next.readUInt8(at) + 1, at)
  return next
}
