import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** Where data comes from. */
export type Source =
  | { readonly kind: 'stream'; open(): Readable }
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | { readonly kind: 'directory'; readonly path: string }

const CHUNK = 2 ** 20

/** Standard input when nothing or `-` is named; a named pipe is a stream too. */
export async function sourceNamed(path: string | undefined): Promise<Source> {
  if (path === undefined || path === '-') return standardInput()
  const found = await stat(path).catch((cause) => {
    throw new CliError(exitCode.failed, `can not read ${path}: ${cause.code}`, 'name a file that is there', { cause })
  })
  if (found.isDirectory()) return { kind: 'directory', path }
  if (found.isFile()) return { kind: 'file', path, size: found.size }
  return { kind: 'stream', open: () => openStream(path) }
}

export const openStream = (path: string): Readable => createReadStream(path, { highWaterMark: CHUNK })

function standardInput(): Source {
  if (!process.stdin.isTTY) return { kind: 'stream', open: () => process.stdin }
  throw new CliError(exitCode.usage, 'expected data on a pipe or in a file', 'name a file, or pipe into it')
}
