import type { FileHandle } from 'node:fs/promises'

/** Stored bytes that can be read anywhere: a file, an object, memory. The reader closes nothing. */
export interface ByteSource {
  /** Bytes of it all. */
  readonly size: number
  /** The bytes [offset, offset + length), fewer only where the source ends before. */
  read(offset: number, length: number): Promise<Uint8Array>
}

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})

/** The bytes of an open file, which the caller closes. */
export async function fileSource(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat()
  return { size, read: (offset, length) => readFully(file, offset, length) }
}

/** The source from `offset` on. */
export const sourceFrom = (source: ByteSource, offset: number): ByteSource => ({
  size: source.size - offset,
  read: (at, length) => source.read(offset + at, length),
})

async function readFully(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let size = 0
  while (size < length) {
    const { bytesRead } = await file.read(bytes, size, length - size, offset + size)
    if (bytesRead === 0) break
    size += bytesRead
  }
  return bytes.subarray(0, size)
}
