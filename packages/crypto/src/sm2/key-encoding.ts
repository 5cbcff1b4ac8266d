import { KeyFormatError } from '../key-format-error.ts'
import { SM2_NUMBER_SIZE } from './curve.ts'
import { DerError, DerReader } from './der-reader.ts'
import { der, derInteger, Tag } from './der-writer.ts'

/** 1.2.840.10045.2.1, id-ecPublicKey (RFC 5480) */
const EC_PUBLIC_KEY = Uint8Array.of(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01)
/** 1.2.156.10197.1.301, the recommended curve of SM2 (GM/T 0006) */
const SM2_CURVE = Uint8Array.of(0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d)
const ALGORITHM = der(Tag.sequence, EC_PUBLIC_KEY, SM2_CURVE)
const VERSION_0 = derInteger(Uint8Array.of(0))
const VERSION_1 = derInteger(Uint8Array.of(1))
const WHOLE_BYTES = Uint8Array.of(0)

/** SubjectPublicKeyInfo (RFC 5280, 4.1) of an uncompressed point. */
export const encodeSpki = (point: Uint8Array): Uint8Array =>
  der(Tag.sequence, ALGORITHM, der(Tag.bitString, WHOLE_BYTES, point))

/** The point of a SubjectPublicKeyInfo, not yet checked against the curve. */
export const decodeSpki = (bytes: Uint8Array): Uint8Array =>
  reading('an SM2 SubjectPublicKeyInfo in DER', () => {
    const outer = new DerReader(bytes)
    const info = outer.sequence()
    outer.end()
    info.expect(ALGORITHM)
    const point = info.bits()
    info.end()
    return point
  })

/** PrivateKeyInfo (RFC 5208) around an ECPrivateKey (RFC 5915) with its public key. Secret bytes. */
export function encodePkcs8(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const publicKey = der(Tag.context1, der(Tag.bitString, WHOLE_BYTES, point))
  const ecPrivateKey = der(Tag.sequence, VERSION_1, der(Tag.octetString, scalar), publicKey)
  const encoded = der(Tag.sequence, VERSION_0, ALGORITHM, der(Tag.octetString, ecPrivateKey))
  ecPrivateKey.fill(0)
  return encoded
}

export interface Pkcs8Key {
  /** A view into the input. */
  readonly scalar: Uint8Array
  readonly point: Uint8Array | null
}

/** The scalar and, where it is there, the point; neither is checked yet. */
export const decodePkcs8 = (bytes: Uint8Array): Pkcs8Key =>
  reading('an SM2 PrivateKeyInfo in DER', () => {
    const outer = new DerReader(bytes)
    const info = outer.sequence()
    outer.end()
    info.expect(VERSION_0)
    info.expect(ALGORITHM)
    const inner = new DerReader(info.octets())
    if (info.nextIs(Tag.context0)) info.value(Tag.context0)
    info.end()
    const key = inner.sequence()
    inner.end()
    return decodeEcPrivateKey(key)
  })

function decodeEcPrivateKey(key: DerReader): Pkcs8Key {
  key.expect(VERSION_1)
  const scalar = key.octets()
  if (scalar.length !== SM2_NUMBER_SIZE) throw new DerError(`expected a scalar of ${SM2_NUMBER_SIZE} bytes`)
  if (key.nextIs(Tag.context0)) {
    const parameters = new DerReader(key.value(Tag.context0))
    parameters.expect(SM2_CURVE)
    parameters.end()
  }
  if (!key.nextIs(Tag.context1)) {
    key.end()
    return { scalar, point: null }
  }
  const publicKey = new DerReader(key.value(Tag.context1))
  const point = publicKey.bits()
  publicKey.end()
  key.end()
  return { scalar, point }
}

function reading<T>(expected: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause
    throw new KeyFormatError(`expected ${expected}: ${cause.message}`, { cause })
  }
}
