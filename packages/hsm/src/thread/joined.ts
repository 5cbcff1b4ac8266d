/** The bytes of all parts, one after the other, in memory of their own that can change hands. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0
  for (const part of parts) size += part.length
  const memory = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    memory.set(part, at)
    at += part.length
  }
  return memory
}
