/** Throws `TypeError` for what is no Uint8Array, or one over memory that another thread could change meanwhile. */
export function checkOwnBytes(bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('expected a Uint8Array')
  if (!(bytes.buffer instanceof ArrayBuffer)) throw new TypeError('expected memory that is not shared')
  return bytes
}
