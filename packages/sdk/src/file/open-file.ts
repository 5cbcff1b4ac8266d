import { open as openHandle } from 'node:fs/promises'
import { DecryptionError, fileSource, openedSize, readHeader } from '@hufu/crypto'
import type { Sharing, Watch } from '../data.ts'
import type { DataKeys } from '../keys/data-keys.ts'
import { type OpenOptions, open } from '../open.ts'
import { runFileJobs } from './file-workers.ts'
import { writeNewFile } from './new-file.ts'

/** Opens a sealed file to another on all cores. The new file appears when every segment was proven. */
export async function openFile(
  dataKeys: DataKeys,
  from: string,
  to: string,
  options: OpenOptions & Watch & Sharing,
): Promise<void> {
  const source = await openHandle(from)
  try {
    const { mode } = await source.stat()
    const stored = await fileSource(source)
    const header = await readHeader(stored)
    const size = openedSize(header.bytes.length, stored.size, header.segmentSize)
    if (size === null) throw new DecryptionError({ detail: 'the length is none that a message can have' })
    using message = await open(dataKeys, header, options)
    await writeNewFile(to, mode & 0o777, async (target) => {
      await target.truncate(size)
      const files = { from: source.fd, to: target.fd, fromStart: header.bytes.length, toStart: 0 }
      const job = { direction: 'open' as const, header: header.bytes, ...files, plaintextSize: size }
      await runFileJobs(job, message.dataKey.secret, options)
    })
  } finally {
    await source.close()
  }
}
