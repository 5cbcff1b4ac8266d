/** What a generator of chunks yields first, to `begun` alone. */
export const BEGUN: Uint8Array = new Uint8Array(0)

/** A generator that is ended before it has begun runs nothing, and so disposes of nothing: begins it, up to its `BEGUN`. */
export async function begun<Chunks extends AsyncGenerator<Uint8Array, void, undefined>>(
  chunks: Chunks,
): Promise<Chunks> {
  await chunks.next()
  return chunks
}
