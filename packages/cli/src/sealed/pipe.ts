import { addAbortSignal, type Readable } from 'node:stream'

/** Writes the chunks to standard output; each one's memory may be used again when the next one is asked for. */
export async function writeOut(chunks: Readable, signal: AbortSignal): Promise<void> {
  for await (const chunk of addAbortSignal(signal, chunks)) await written(chunk)
}

const written = (chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error) => (error == null ? resolve() : reject(error)))
  })

/** What is not read to its end is closed: it would keep the process. Rejects with the reason when it is called off. */
export async function untilCalledOff(from: Readable, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const stop = (): void => void from.destroy()
  signal.addEventListener('abort', stop)
  try {
    await work()
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    from.destroy()
  }
}
