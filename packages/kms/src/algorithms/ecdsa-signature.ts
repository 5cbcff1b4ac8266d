/** An ECDSA signature of r || s, 32 bytes each, as DER: SEQUENCE { r INTEGER, s INTEGER } (RFC 3279, 2.2.3). */
export function derSignature(raw: Uint8Array): Uint8Array {
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = bytes.subarray(first === -1 ? bytes.length - 1 : first)
  const padded = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits
  return Buffer.concat([Buffer.of(0x02, padded.length), padded])
}
