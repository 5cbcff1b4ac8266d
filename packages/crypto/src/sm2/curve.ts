// The curve of GB/T 32918.5: y^2 = x^3 + ax + b over p, with a base point of prime order n (cofactor 1).

const number = (hex: string): bigint => BigInt(`0x${hex.replaceAll(' ', '')}`)

export const SM2_P = number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFF')
export const SM2_A = SM2_P - 3n
export const SM2_B = number('28E9FA9E 9D9F5E34 4D5A9E4B CF6509A7 F39789F5 15AB8F92 DDBCBD41 4D940E93')
export const SM2_N = number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123')
export const SM2_GX = number('32C4AE2C 1F198119 5F990446 6A39C994 8FE30BBF F2660BE1 715A4589 334C74C7')
export const SM2_GY = number('BC3736A2 F4F6779C 59BDCEE3 6B692153 D0A9877C C62A4740 02DF32E5 2139F0A0')

/** Bytes of a coordinate, of a scalar and of half a signature: big-endian, fixed. */
export const SM2_NUMBER_SIZE = 32
/** 04 || x || y */
export const SM2_POINT_SIZE = 1 + 2 * SM2_NUMBER_SIZE
export const UNCOMPRESSED = 0x04

export const toBytes = (value: bigint): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(2 * SM2_NUMBER_SIZE, '0'), 'hex'))

export const toNumber = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex') || '0'}`)

/** Whether the bytes are 04 || x || y with both coordinates in the field and the point on the curve (so never infinity). */
export function isPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== SM2_POINT_SIZE || bytes[0] !== UNCOMPRESSED) return false
  const x = toNumber(bytes.subarray(1, 1 + SM2_NUMBER_SIZE))
  const y = toNumber(bytes.subarray(1 + SM2_NUMBER_SIZE))
  return x < SM2_P && y < SM2_P && (y * y - ((x * x + SM2_A) * x + SM2_B)) % SM2_P === 0n
}

const SCALAR_LIMIT = toBytes(SM2_N - 1n)

/** Whether the bytes are a private key: 32 of them, in [1, n-2] (GB/T 32918.1, 6.1). Time does not depend on the value. */
export function isScalar(bytes: Uint8Array): boolean {
  if (bytes.length !== SM2_NUMBER_SIZE) return false
  let borrow = 0
  let any = 0
  for (let i = SM2_NUMBER_SIZE - 1; i >= 0; i--) {
    const byte = bytes[i] ?? 0
    any |= byte
    borrow = ((byte - (SCALAR_LIMIT[i] ?? 0) - borrow) >> 8) & 1
  }
  return any !== 0 && borrow === 1
}

/** Whether the bytes are half a signature: in [1, n-1]. */
export function isSignatureNumber(bytes: Uint8Array): boolean {
  const value = toNumber(bytes)
  return bytes.length === SM2_NUMBER_SIZE && value > 0n && value < SM2_N
}
