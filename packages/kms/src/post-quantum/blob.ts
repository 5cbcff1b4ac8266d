import {
  type AeadAlgorithm,
  aead,
  DecryptionError,
  type HkdfHash,
  hkdf,
  NONCE_SIZE,
  type Secret,
  TAG_SIZE,
} from '@hufu/crypto'
import type { KeySpec } from '@hufu/wire'
import { keyIdBytes, keyIdOf, MULTI_REGION_PREFIX } from '../ciphertext/key-id-bytes.ts'
import { kems } from './kem.ts'

type HybridSpec = 'ML_KEM_768_X25519' | 'ML_KEM_768_SM2'

/** A post-quantum ciphertext blob by its fields (docs/formats/post-quantum-blob.md). */
export interface PostQuantumBlob {
  readonly spec: HybridSpec
  readonly keyId: string
  readonly header: Uint8Array
  readonly encapsulation: Uint8Array
  readonly sealed: Uint8Array
}

const MAGIC = Buffer.from('HFPQ')
const FORMAT_VERSION = 1
const HEADER_SIZE = 26
const MULTI_REGION = 2
const LABEL = Buffer.from('hufu post-quantum blob')

interface Suite {
  readonly id: number
  readonly cipher: AeadAlgorithm
  readonly keySize: number
  readonly hash: HkdfHash
}

const suites: Readonly<Record<HybridSpec, Suite>> = {
  ML_KEM_768_X25519: { id: 1, cipher: 'AES-256-GCM', keySize: 32, hash: 'sha256' },
  ML_KEM_768_SM2: { id: 2, cipher: 'SM4-GCM', keySize: 16, hash: 'sm3' },
}

/** Null for a spec that is no hybrid. */
export const hybridSpec = (spec: KeySpec): HybridSpec | null => (spec in suites ? (spec as HybridSpec) : null)

export function sealPostQuantum(
  spec: HybridSpec,
  keyId: string,
  publicKey: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const header = headerOf(spec, keyId)
  const { encapsulation, secret } = hybridOf(spec).encapsulate(publicKey)
  using own = secret
  using cipher = cipherOf(spec, own, header)
  return Buffer.concat([header, encapsulation, cipher.seal(NONCE, header, plaintext)])
}

/** Throws `DecryptionError`. */
export function openPostQuantum({ spec, header, sealed }: PostQuantumBlob, secret: Secret): Uint8Array {
  using cipher = cipherOf(spec, secret, header)
  return cipher.open(NONCE, header, sealed)
}

/** Null for everything that is not a blob. */
export function decodePostQuantum(bytes: Uint8Array): PostQuantumBlob | null {
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const id = blob[5] ?? 0
  const spec = (Object.keys(suites) as HybridSpec[]).find((each) => (id - 1) % MULTI_REGION === suites[each].id - 1)
  if (!blob.subarray(0, 4).equals(MAGIC) || blob[4] !== FORMAT_VERSION || id < 1 || id > 4 || spec === undefined)
    return null
  const end = HEADER_SIZE + hybridOf(spec).encapsulationSize
  if (blob.length <= end + TAG_SIZE) return null
  return {
    spec,
    keyId: keyIdOf(blob.toString('hex', 6, 22), id > MULTI_REGION),
    header: bytes.subarray(0, HEADER_SIZE),
    encapsulation: bytes.subarray(HEADER_SIZE, end),
    sealed: bytes.subarray(end),
  }
}

/** The key serves one message. */
const NONCE = new Uint8Array(NONCE_SIZE)

function cipherOf(spec: HybridSpec, secret: Secret, header: Uint8Array) {
  const { cipher, keySize, hash } = suites[spec]
  using key = hkdf(hash, secret, new Uint8Array(), Buffer.concat([LABEL, header]), keySize)
  return aead(cipher, key)
}

function headerOf(spec: HybridSpec, keyId: string): Buffer {
  const header = Buffer.alloc(HEADER_SIZE)
  MAGIC.copy(header)
  header[4] = FORMAT_VERSION
  header[5] = suites[spec].id + (keyId.startsWith(MULTI_REGION_PREFIX) ? MULTI_REGION : 0)
  keyIdBytes(keyId).copy(header, 6)
  header.writeUInt32BE(1, 22)
  return header
}

function hybridOf(spec: HybridSpec) {
  const hybrid = kems[spec]
  if (hybrid === undefined) throw new DecryptionError()
  return hybrid
}
