import { createHmac } from 'node:crypto'

/** The bytes of a seed as IAM tells it: base32, RFC 4648. */
export function seedOf(base32: string): Buffer {
  const bits = Array.from(base32, (c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** RFC 6238, once more. */
export function totpCode(seed: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeUInt32BE(step, 4)
  const digest = createHmac('sha1', seed).update(counter).digest()
  const at = (digest.at(-1) ?? 0) % 16
  return String((digest.readUInt32BE(at) % 2 ** 31) % 1_000_000).padStart(6, '0')
}
