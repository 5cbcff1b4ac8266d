import { fromBase64Bytes, toBase64Bytes } from './base64-bytes.ts'

const FIELD = /"Plaintext"\s*:\s*"/
const QUOTE = 0x22

/** A JSON answer without its plaintext, and the plaintext. */
export interface SplitAnswer {
  readonly text: string
  /** Null when the answer has no field `Plaintext`. The caller owns it and wipes it. */
  readonly plaintext: Uint8Array | null
}

/**
 * Takes the field `Plaintext` out of an answer's bytes, which are wiped there: of a data key no string is made, for
 * strings stay in memory until they are collected, and longer. Throws `MalformedRequest` when it is not base64.
 */
export function takePlaintext(body: Buffer): SplitAnswer {
  const { start, end } = placeOf(body)
  if (start < 0 || end < 0) return { text: body.toString(), plaintext: null }
  const field = body.subarray(start, end)
  try {
    return { plaintext: fromBase64Bytes(field), text: body.toString('utf8', 0, start) + body.toString('utf8', end) }
  } finally {
    field.fill(0)
  }
}

/** Names are looked for byte by byte: the text before the field may be anything but a secret. */
function placeOf(body: Buffer): { readonly start: number; readonly end: number } {
  const name = body.indexOf('"Plaintext"')
  const head = name < 0 ? null : FIELD.exec(body.toString('latin1', name, body.indexOf(QUOTE, name + 11) + 1))
  const start = head === null ? -1 : name + head[0].length
  return { start, end: start < 0 ? -1 : body.indexOf(QUOTE, start) }
}

/** The JSON of the parameters and a field `Plaintext`, of which no string is made. To be wiped after use. */
export function withPlaintext(parameters: object, plaintext: Uint8Array): Buffer {
  const others = JSON.stringify(parameters)
  const separator = others === '{}' ? '' : ','
  const text = toBase64Bytes(plaintext)
  const body = Buffer.concat([Buffer.from(`${others.slice(0, -1)}${separator}"Plaintext":"`), text, Buffer.from('"}')])
  text.fill(0)
  return body
}
