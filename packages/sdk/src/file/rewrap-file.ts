import { createReadStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { type Watch, watched } from '../data.ts'
import type { DataKeys } from '../keys/data-keys.ts'
import { rewrapChunks } from '../message/rewrapped.ts'
import type { RewrapOptions } from '../rewrap.ts'
import { writeNewFile } from './new-file.ts'

const CHUNK = 2 ** 20

/** Writes the sealed file anew, with its other header, and puts it in the old one's place. */
export async function rewrapFile(dataKeys: DataKeys, file: string, options: RewrapOptions & Watch): Promise<void> {
  const { mode } = await stat(file)
  const source = createReadStream(file, { highWaterMark: CHUNK })
  const chunks = await rewrapChunks(dataKeys, watched(source, options), options)
  await writeNewFile(file, mode & 0o777, (target) => writeFile(target, chunks))
}
