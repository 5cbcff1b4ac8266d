import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** Hex SHA-256. */
export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex')

export const EMPTY_SHA256 = sha256Hex('')

export const hmacSha256 = (key: string | Uint8Array, data: string): Uint8Array =>
  createHmac('sha256', key).update(data).digest()

export const hmacSha256Hex = (key: string | Uint8Array, data: string): string =>
  createHmac('sha256', key).update(data).digest('hex')

/** Whether two signatures are equal, in a time that tells nothing but their lengths. */
export function sameSignature(expected: string, received: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(received)
  return a.length === b.length && timingSafeEqual(a, b)
}
