import { HufuError } from '@hufu/wire'

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const PAD = 0x3d
const values = new Uint8Array(256).fill(255)
for (const [value, char] of ALPHABET.entries()) values[char] = value

/** Small arrays live in the heap otherwise, where the collector leaves copies behind. */
const outsideTheHeap = (size: number): Uint8Array => new Uint8Array(new ArrayBuffer(size))

/** Base64 (RFC 4648, 4) as bytes: of a secret no string is made, for a string can not be wiped. */
export function toBase64Bytes(bytes: Uint8Array): Uint8Array {
  const text = outsideTheHeap(Math.ceil(bytes.length / 3) * 4).fill(PAD)
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(from, from + 3)
    const digits = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63]
    for (let i = 0; i <= Math.min(3, bytes.length - from); i++) text[to + i] = ALPHABET[digits[i] ?? 0] ?? 0
  }
  return text
}

/** The bytes of a base64 text. Throws `MalformedRequest` for what is none in canonical form. */
export function fromBase64Bytes(text: Uint8Array): Uint8Array {
  const padding = text.at(-1) !== PAD ? 0 : text.at(-2) !== PAD ? 1 : 2
  const bytes = outsideTheHeap(Math.max(0, Math.floor(text.length / 4) * 3 - padding))
  const bad = (): never => {
    bytes.fill(0)
    throw new HufuError('MalformedRequest', 'expected base64')
  }
  if (text.length % 4 !== 0) bad()
  let [bits, count, at] = [0, 0, 0]
  for (const char of text.subarray(0, text.length - padding)) {
    const value = values[char] ?? 255
    if (value === 255) bad()
    bits = ((bits << 6) | value) & 0xfff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes[at++] = (bits >> count) & 0xff
    }
  }
  if ((bits & ((1 << count) - 1)) !== 0) bad()
  return bytes
}
