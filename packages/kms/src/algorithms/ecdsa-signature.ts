/** An ECDSA signature of r || s, equally long, as DER: SEQUENCE { r INTEGER, s INTEGER } (RFC 3279, 2.2.3). */
export function derSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2
  const body = Buffer.concat([integer(raw.subarray(0, half)), integer(raw.subarray(half))])
  const size = body.length < 0x80 ? Buffer.of(body.length) : Buffer.of(0x81, body.length)
  return Buffer.concat([Buffer.of(0x30), size, body])
}

function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = bytes.subarray(first === -1 ? bytes.length - 1 : first)
  const padded = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits
  return Buffer.concat([Buffer.of(0x02, padded.length), padded])
}
