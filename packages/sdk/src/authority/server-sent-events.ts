export interface ServerSentEvent {
  readonly event: string
  readonly data: string
}

/** Bytes of one event at most; a server that sends more is not one of ours. */
const EVENT_MAX = 65_536

/** The events of a `text/event-stream` (HTML standard, 9.2.6), as they become whole. */
export async function* serverSentEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of pieces) {
    text += decoder.decode(piece, { stream: true }).replaceAll('\r\n', '\n')
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    if (text.length > EVENT_MAX) throw new RangeError(`expected events of at most ${EVENT_MAX} bytes`)
    for (const event of events) yield parseEvent(event)
  }
}

function parseEvent(lines: string): ServerSentEvent {
  let event = 'message'
  const data: string[] = []
  for (const line of lines.split('\n')) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') event = value
    if (field === 'data') data.push(value)
  }
  return { event, data: data.join('\n') }
}
