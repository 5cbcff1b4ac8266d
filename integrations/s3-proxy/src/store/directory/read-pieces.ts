import type { FileHandle } from 'node:fs/promises'
import { S3Error } from '../../error.ts'
import type { Body } from '../object-store.ts'
import type { PieceRow } from './object-table.ts'

/** Opens a file to read. */
export type OpenFile = (file: string) => Promise<FileHandle>

/** Bytes read at once. */
const CHUNK = 256 * 1024

/** The bytes [start, end) of the pieces laid end to end. Throws `ObjectNotAuthentic` when a file is shorter than its piece. */
export async function* readPieces(open: OpenFile, pieces: readonly PieceRow[], start: number, end: number): Body {
  const size = Math.min(CHUNK, end - start)
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const
  let offset = 0
  for (const piece of pieces) {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, piece.size)
    if (from < to) yield* readFile(await open(piece.file), from, to, buffers)
    offset += piece.size
  }
}

/** Reads one chunk ahead, into two buffers in turn. */
async function* readFile(file: FileHandle, start: number, end: number, buffers: readonly [Buffer, Buffer]): Body {
  try {
    let current = readChunk(file, start, end, buffers[0])
    for (let at = start, turn = 1; at < end; at += CHUNK, turn ^= 1) {
      const chunk = await current
      if (at + CHUNK < end) {
        current = readChunk(file, at + CHUNK, end, buffers[turn === 1 ? 1 : 0])
        current.catch(() => {})
      }
      yield chunk
    }
  } finally {
    await file.close()
  }
}

async function readChunk(file: FileHandle, start: number, end: number, buffer: Buffer): Promise<Buffer> {
  const size = Math.min(CHUNK, end - start)
  for (let done = 0; done < size; ) {
    const { bytesRead } = await file.read(buffer, done, size - done, start + done)
    if (bytesRead === 0) throw new S3Error('ObjectNotAuthentic', 'a stored file is shorter than it was written')
    done += bytesRead
  }
  return buffer.subarray(0, size)
}
