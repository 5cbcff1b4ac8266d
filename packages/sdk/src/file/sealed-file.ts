import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { DecryptionError, fileSource, type Header, openedSize, readHeader } from '@hufu/crypto'
import { type Watch, watched } from '../data.ts'
import { haveSameKeys, withoutStrangers } from '../recipients.ts'
import type { StoredObject } from '../stored-object.ts'
import { writeNewFile } from './new-file.ts'

const CHUNK = 2 ** 20

/** A sealed file, which is given other recipients where it lies, and not written when it has them already. */
export const sealedFile = (path: string): StoredObject => ({
  async rewrap(newHeader, { signal, onProgress, ...options }) {
    const file = await open(path)
    try {
      const header = await headerOf(file)
      const change = withoutStrangers(header, options)
      if (change === null) return false
      const replaced = await newHeader(header, { ...change, signal })
      if (haveSameKeys(replaced, header)) return false
      const { mode } = await file.stat()
      const chunks = behind(replaced, file, header, { signal, onProgress })
      await writeNewFile(path, mode & 0o777, (target) => writeFile(target, chunks))
      return true
    } finally {
      await file.close()
    }
  },
})

async function headerOf(file: FileHandle): Promise<Header> {
  const source = await fileSource(file)
  const header = await readHeader(source)
  if (openedSize(header.bytes.length, source.size, header.segmentSize) === null)
    throw new DecryptionError({ detail: 'the length is none that a message can have' })
  return header
}

/** The other header, and the payload behind the old one. */
async function* behind(replaced: Header, file: FileHandle, old: Header, watch: Watch) {
  yield replaced.bytes
  const payload = { start: old.bytes.length, autoClose: false, highWaterMark: CHUNK }
  yield* watched(file.createReadStream(payload), watch)
}
