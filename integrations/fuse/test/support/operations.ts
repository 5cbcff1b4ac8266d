import * as fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'

/** One call on a tree of few names, so that calls meet each other. */
export type Operation =
  | { readonly kind: 'mkdir' | 'rmdir' | 'unlink' | 'read' | 'list'; readonly path: string }
  | {
      readonly kind: 'write'
      readonly path: string
      readonly offset: number
      readonly size: number
      readonly fill: number
    }
  | { readonly kind: 'append'; readonly path: string; readonly size: number; readonly fill: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'rename' | 'link' | 'symlink'; readonly path: string; readonly to: string }
  | { readonly kind: 'chmod'; readonly path: string; readonly mode: number }
  | { readonly kind: 'utimes'; readonly path: string; readonly seconds: number }

const long = 'long '.repeat(40)
const name = fc.constantFrom('a', 'b', '虎', long)
const path = fc.oneof(
  name,
  fc.tuple(name, name).map((names) => names.join('/')),
)
/** Near the borders of blocks of either size, and of pages. */
const offset = fc
  .tuple(fc.constantFrom(0, 4096, 8192, 65_536, 131_072), fc.integer({ min: -3, max: 3 }))
  .map(([border, more]) => Math.max(0, border + more))
const size = fc.oneof(offset, fc.integer({ min: 0, max: 200_000 }))
const fill = fc.integer({ min: 1, max: 255 })
const pair = { path, to: path }

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('mkdir', 'rmdir', 'unlink', 'read', 'list'), path }),
  fc.record({ kind: fc.constant('write'), path, offset, size, fill }),
  fc.record({ kind: fc.constant('append'), path, size, fill }),
  fc.record({ kind: fc.constant('truncate'), path, size }),
  fc.record({ kind: fc.constantFrom('rename', 'link', 'symlink'), ...pair }),
  fc.record({ kind: fc.constant('chmod'), path, mode: fc.constantFrom(0o644, 0o600, 0o755, 0o4711) }),
  fc.record({ kind: fc.constant('utimes'), path, seconds: fc.integer({ min: 0, max: 2 ** 32 }) }),
)

/** What the call gave, or the code of its error. */
export function run(root: string, one: Operation): unknown {
  try {
    return perform(root, one) ?? 'done'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

function perform(root: string, one: Operation): unknown {
  const at = join(root, one.path)
  switch (one.kind) {
    case 'mkdir':
      return void fs.mkdirSync(at)
    case 'rmdir':
      return fs.rmdirSync(at)
    case 'unlink':
      return fs.unlinkSync(at)
    case 'read':
      return fs.readFileSync(at)
    case 'list':
      return fs.readdirSync(at).sort()
    case 'write':
      return writeAt(at, one.offset, Buffer.alloc(one.size, one.fill))
    case 'append':
      return fs.appendFileSync(at, Buffer.alloc(one.size, one.fill))
    case 'truncate':
      return fs.truncateSync(at, one.size)
    case 'rename':
      return fs.renameSync(at, join(root, one.to))
    case 'link':
      return fs.linkSync(at, join(root, one.to))
    case 'symlink':
      return fs.symlinkSync(one.to, at)
    case 'chmod':
      return fs.chmodSync(at, one.mode)
    case 'utimes':
      return fs.utimesSync(at, one.seconds, one.seconds)
  }
}

function writeAt(path: string, offset: number, bytes: Buffer): void {
  const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT)
  try {
    fs.writeSync(fd, bytes, 0, bytes.length, offset)
  } finally {
    fs.closeSync(fd)
  }
}
