import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** Makes the data directory, for its owner alone, where it is not there. Resolves to its absolute path. */
export async function dataDirectory(data: string): Promise<string> {
  const path = resolve(data)
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    return path
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' ? 'it is a file' : String(cause)
    throw new CliError(
      exitCode.cannotStart,
      `can not use the data directory ${path}: ${why}`,
      'choose another one with --data',
      { cause },
    )
  }
}
