import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** A line feed at the end, or else not. */
export interface LineEnd {
  readonly ended: boolean
}

/** Calls back with each line of a file without its LF. Bytes that are not UTF-8 come as U+FFFD. */
export async function readLines(file: string, line: (text: string) => void): Promise<LineEnd> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of createReadStream(file)) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) line(text)
  }
  rest += decoder.end()
  if (rest !== '') line(rest)
  return { ended: rest === '' }
}
