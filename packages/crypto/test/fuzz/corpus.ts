import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Inputs that the fuzzing starts from: headers of every shape, and those that once got far. */
export const corpus: readonly Uint8Array[] = readFileSync(join(import.meta.dirname, 'header-corpus.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => new Uint8Array(Buffer.from(line, 'hex')))
