import { joined } from './bytes.ts'
import { HEAD_SIZE, type Header, headerSize, parseHeader } from './header.ts'

export interface SplitMessage {
  readonly header: Header
  /** The bytes behind the header. */
  readonly payload: ReadableStream<Uint8Array>
}

/** Reads the header from the front of a stream. What was received is kept, never what a header claims. */
export async function splitHeader(source: ReadableStream<Uint8Array>): Promise<SplitMessage> {
  const reader = source.getReader()
  try {
    let received = await gather(reader, new Uint8Array(0), HEAD_SIZE)
    received = await gather(reader, received, headerSize(received))
    const header = parseHeader(received)
    return { header, payload: continued(received.slice(header.bytes.length), reader) }
  } catch (error) {
    await reader.cancel(error)
    throw error
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** At least `size` bytes from the front, or all there are. */
async function gather(reader: Reader, start: Uint8Array, size: number): Promise<Uint8Array> {
  const parts = [start]
  for (let length = start.length; length < size; ) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    length += value.length
  }
  return joined(...parts)
}

const continued = (first: Uint8Array, reader: Reader): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      if (first.length > 0) controller.enqueue(first)
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
