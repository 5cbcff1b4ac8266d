import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { DecryptionError } from '@hufu/crypto'
import type { EncryptionAlgorithm } from '@hufu/wire'
import type { Signing } from './signing.ts'

/** The DER of DigestInfo before the digest itself (RFC 8017, 9.2, note 1). */
const digestInfo: Readonly<Record<string, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

const hash = (name: string, ...parts: readonly Uint8Array[]): Buffer => {
  const state = createHash(name)
  for (const part of parts) state.update(part)
  return state.digest()
}

/** MGF1 (RFC 8017, B.2.1). */
function mask(name: string, seed: Uint8Array, size: number): Buffer {
  const blocks: Buffer[] = []
  for (let counter = 0; blocks.length * hash(name).length < size; counter++) {
    const index = Buffer.alloc(4)
    index.writeUInt32BE(counter)
    blocks.push(hash(name, seed, index))
  }
  return Buffer.concat(blocks).subarray(0, size)
}

const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)))

/** The block to be signed, as long as the modulus. */
export function encodeSignature({ family, digest: name }: Signing, digest: Uint8Array, size: number): Buffer {
  return family === 'RSA PSS'
    ? encodePss(name, digest, randomBytes(digest.length), size)
    : encodePkcs1(name, digest, size)
}

/** Whether the opened block is the encoding of the digest. */
export function verifySignature({ family, digest: name }: Signing, digest: Uint8Array, block: Uint8Array): boolean {
  if (family === 'RSA PSS') return verifyPss(name, digest, block)
  const expected = encodePkcs1(name, digest, block.length)
  return timingSafeEqual(expected, block)
}

/** EMSA-PKCS1-v1_5 (RFC 8017, 9.2). */
function encodePkcs1(name: string, digest: Uint8Array, size: number): Buffer {
  const info = Buffer.concat([Buffer.from(digestInfo[name] ?? '', 'hex'), digest])
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(size - info.length - 3, 0xff), Buffer.of(0), info])
}

/** EMSA-PSS with a salt as long as the digest (RFC 8017, 9.1.1), for a modulus of a whole number of bytes. */
function encodePss(name: string, digest: Uint8Array, salt: Uint8Array, size: number): Buffer {
  const h = hash(name, Buffer.alloc(8), digest, salt)
  const data = Buffer.concat([Buffer.alloc(size - salt.length - h.length - 2), Buffer.of(1), salt])
  const masked = xor(data, mask(name, h, data.length))
  masked.writeUInt8(masked.readUInt8(0) & 0x7f, 0)
  return Buffer.concat([masked, h, Buffer.of(0xbc)])
}

/** EMSA-PSS verification (RFC 8017, 9.1.2). */
function verifyPss(name: string, digest: Uint8Array, block: Uint8Array): boolean {
  const dataSize = block.length - digest.length - 1
  const [masked, h] = [block.subarray(0, dataSize), block.subarray(dataSize, -1)]
  if (block.at(-1) !== 0xbc || ((masked[0] ?? 0) & 0x80) !== 0) return false
  const data = xor(masked, mask(name, h, dataSize))
  const salt = data.subarray(dataSize - digest.length)
  const padding = data.subarray(0, dataSize - digest.length)
  padding.writeUInt8(padding.readUInt8(0) & 0x7f, 0)
  const expected = Buffer.concat([Buffer.alloc(padding.length - 1), Buffer.of(1)])
  return padding.equals(expected) && timingSafeEqual(h, hash(name, Buffer.alloc(8), digest, salt))
}

/** The message in a decrypted block. Throws the one `DecryptionError` for everything else, at about the same time. */
export function decodeEncryption(algorithm: EncryptionAlgorithm, block: Uint8Array): Uint8Array {
  if (algorithm === 'RSAES_PKCS1_V1_5') return decodePkcs1(block)
  return decodeOaep(algorithm === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1', block)
}

/** EME-OAEP with an empty label (RFC 8017, 7.1.2, step 3). */
function decodeOaep(name: string, block: Uint8Array): Uint8Array {
  const label = hash(name)
  const [maskedSeed, maskedData] = [block.subarray(1, 1 + label.length), block.subarray(1 + label.length)]
  const seed = xor(maskedSeed, mask(name, maskedData, label.length))
  const data = xor(maskedData, mask(name, seed, maskedData.length))
  const right = Number(block[0] === 0) & Number(timingSafeEqual(data.subarray(0, label.length), label))
  return messageAfter(data, label.length, 0x00, 0x01, right)
}

/** EME-PKCS1-v1_5 (RFC 8017, 7.2.2, step 3). */
function decodePkcs1(block: Uint8Array): Uint8Array {
  const right = Number(block[0] === 0) & Number(block[1] === 2)
  const message = messageAfter(block, 2, null, 0x00, right)
  if (block.length - message.length < 11) throw new DecryptionError()
  return message
}

/** What follows the first `end` from `start` on, when only `filler` is before it (any byte but `end` for null). */
function messageAfter(block: Uint8Array, start: number, filler: number | null, end: number, right: number): Uint8Array {
  let found = 0
  let clean = right
  for (let index = start; index < block.length; index++) {
    const looking = Number(found === 0)
    const atEnd = looking & Number(block[index] === end)
    clean &= 1 - (looking & (1 - atEnd) & Number(filler !== null && block[index] !== filler))
    found += atEnd * (index + 1)
  }
  if (found === 0 || clean === 0) throw new DecryptionError()
  return block.slice(found)
}
