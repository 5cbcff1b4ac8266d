import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GoldenFile } from './artefact.ts'

const FOLDER = join(import.meta.dirname, '../../../../test/golden')

export const readGolden = <Good extends { readonly name: string }>(name: string): GoldenFile<Good> =>
  JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))

/** Writes a golden file that is not there yet. One that is there is kept for ever: it must be what would be written. */
export function writeGolden(name: string, file: GoldenFile<{ readonly name: string }>): void {
  const path = join(FOLDER, name)
  const text = `${JSON.stringify(file, null, 1)}\n`
  if (!existsSync(path)) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) throw new Error(`${name} is there and would become another`)
}
