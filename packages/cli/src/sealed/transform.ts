import { writeFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { type Watch, writeNewFile } from '@hufu/sdk'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { Progress } from '../output/progress.ts'
import { transformDirectory } from './directory.ts'
import { untilCalledOff, writeOut } from './pipe.ts'
import { openStream, type Source } from './places.ts'

/** Sealing or opening, of whatever there is. */
export interface Transform {
  readonly name: 'encrypt' | 'decrypt'
  /** The name in a directory of what becomes of the file of this name. */
  outputName(name: string): string
  file(from: string, to: string, watch: Watch): Promise<void>
  stream(from: Readable, watch: Watch): Promise<Readable>
}

/** Where the result goes: a file or directory, or standard output. */
export async function runTransform(
  transform: Transform,
  source: Source,
  output: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const target = output === '-' ? undefined : output
  if (source.kind === 'directory') return transformDirectory(transform, source.path, directoryNamed(target), signal)
  const progress = new Progress(transform.name, source.kind === 'file' ? source.size : null)
  const watch = { signal, onProgress: progress.at }
  try {
    if (source.kind === 'file' && target !== undefined) return await transform.file(source.path, target, watch)
    await through(source.kind === 'file' ? openStream(source.path) : source.open(), transform, target, watch)
  } finally {
    progress.end()
  }
}

async function through(
  from: Readable,
  transform: Transform,
  target: string | undefined,
  watch: Watch & { readonly signal: AbortSignal },
): Promise<void> {
  await collectOften()
  await untilCalledOff(from, watch.signal, async () =>
    write(await transform.stream(from, watch), target, transform, watch.signal),
  )
}

/** Young garbage of a stream is its buffers: V8 shall collect it often rather than make room for more of it. */
async function collectOften(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--semi-space-growth-factor=1')
}

async function write(
  chunks: Readable,
  target: string | undefined,
  { name }: Transform,
  signal: AbortSignal,
): Promise<void> {
  if (target !== undefined) return writeNewFile(target, 0o600, (file) => writeFile(file, chunks, { signal }))
  if (name === 'encrypt' && process.stdout.isTTY)
    throw new CliError(exitCode.usage, 'sealed data is no text for a terminal', 'name a file with -o, or pipe it on')
  await writeOut(chunks, signal)
}

function directoryNamed(target: string | undefined): string {
  if (target !== undefined) return target
  throw new CliError(exitCode.usage, 'expected a directory for the results', 'name one with -o')
}
