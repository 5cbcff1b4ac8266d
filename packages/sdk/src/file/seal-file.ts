import { open } from 'node:fs/promises'
import { sealedSize } from '@hufu/crypto'
import type { Sharing, Watch } from '../data.ts'
import type { DataKeys } from '../keys/data-keys.ts'
import { type SealOptions, seal } from '../seal.ts'
import { runFileJobs } from './file-workers.ts'
import { writeNewFile } from './new-file.ts'

/** Seals a file to another on all cores. */
export async function sealFile(
  dataKeys: DataKeys,
  from: string,
  to: string,
  options: SealOptions & Watch & Sharing,
): Promise<void> {
  const source = await open(from)
  try {
    const { size, mode } = await source.stat()
    using message = await seal(dataKeys, options, size)
    const { bytes: header } = message.header
    await writeNewFile(to, mode & 0o777, async (target) => {
      await target.truncate(sealedSize(header.length, size, message.payload.segmentSize))
      await target.write(header, 0, header.length, 0)
      const files = { from: source.fd, to: target.fd, fromStart: 0, toStart: header.length }
      const job = { direction: 'seal' as const, header, ...files, plaintextSize: size }
      await runFileJobs(job, message.dataKey.secret, options)
    })
  } finally {
    await source.close()
  }
}
