const LONE_SURROGATE = /\p{Surrogate}/u

/** Bytes of the text in UTF-8; null when it is not well-formed. */
export function textSize(text: string): number | null {
  if (isAscii(text)) return text.length
  return LONE_SURROGATE.test(text) ? null : Buffer.byteLength(text)
}

/** Writes the text in UTF-8 at `at`; returns where it ends. Short texts that are ASCII, as most are, cost no call. */
export function writeText(bytes: Buffer, at: number, text: string): number {
  if (!isAscii(text)) return at + bytes.write(text, at)
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
