import { getRandomValues, randomBytes } from 'node:crypto'
import { type Aead, aead, canonicalContext, DecryptionError, NONCE_SIZE, Secret } from '@hufu/crypto'
import { type EncryptionContext, HufuError, type KeyService } from '@hufu/wire'
import type { RegionOptions } from '../region/region.ts'

export interface UnsafeStaticOptions {
  /** What keys are prefixed with. */
  readonly name: string
  /** 32 bytes each by the name that it is asked for by. */
  readonly keys: Readonly<Record<string, Uint8Array>>
}

/**
 * A region of keys that the program itself has, for tests and trials that run without any KMS. Unsafe: whoever reads the
 * program's memory or source has the keys, they are never rotated or revoked, and no audit tells of their use.
 */
export const unsafeStaticRegion = ({ name, keys }: UnsafeStaticOptions): RegionOptions => ({
  name,
  provider: 'unsafe-static',
  keys: new UnsafeStaticKeys(keys),
})

/** Wraps by AES-256-GCM: a random nonce, ciphertext and tag; the context and the key's name are bound. */
class UnsafeStaticKeys implements KeyService {
  readonly #keys: ReadonlyMap<string, Aead>

  constructor(keys: Readonly<Record<string, Uint8Array>>) {
    this.#keys = new Map(Object.entries(keys).map(([keyId, key]) => [keyId, aeadOf(keyId, key)]))
  }

  encrypt: KeyService['encrypt'] = async ({ keyId, plaintext, context = {} }) => ({
    keyId,
    ciphertext: this.#wrap(keyId, plaintext, context),
  })

  decrypt: KeyService['decrypt'] = async ({ keyId = '', ciphertext, context = {} }) => ({
    keyId,
    plaintext: this.#unwrap(keyId, ciphertext, context),
  })

  generateDataKey: KeyService['generateDataKey'] = async ({ keyId, numberOfBytes = 32, context = {} }) => {
    const plaintext = getRandomValues(new Uint8Array(numberOfBytes))
    return { keyId, plaintext, ciphertext: this.#wrap(keyId, plaintext, context) }
  }

  reEncrypt: KeyService['reEncrypt'] = async ({ ciphertext, ...from }) => {
    const { sourceKeyId = '', sourceContext = {}, destinationKeyId = sourceKeyId } = from
    using plaintext = Secret.take(this.#unwrap(sourceKeyId, ciphertext, sourceContext))
    const wrapped = this.#wrap(destinationKeyId, plaintext.bytes(), from.destinationContext ?? sourceContext)
    return { keyId: destinationKeyId, sourceKeyId, ciphertext: wrapped, reEncrypted: true }
  }

  #wrap(keyId: string, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
    const nonce = randomBytes(NONCE_SIZE)
    return Buffer.concat([nonce, this.#key(keyId).seal(nonce, boundTo(keyId, context), plaintext)])
  }

  #unwrap(keyId: string, ciphertext: Uint8Array, context: EncryptionContext): Uint8Array {
    const [nonce, sealed] = [ciphertext.subarray(0, NONCE_SIZE), ciphertext.subarray(NONCE_SIZE)]
    try {
      return this.#key(keyId).open(nonce, boundTo(keyId, context), sealed)
    } catch (cause) {
      if (!(cause instanceof DecryptionError || cause instanceof TypeError)) throw cause
      throw new HufuError('DecryptionFailed', 'expected what this static key wrapped in this context', { cause })
    }
  }

  #key(keyId: string): Aead {
    const key = this.#keys.get(keyId)
    if (key !== undefined) return key
    throw new HufuError('KeyNotFound', `expected the name of a static key, received ${keyId}`)
  }
}

function aeadOf(keyId: string, key: Uint8Array): Aead {
  if (key.length !== 32) throw new TypeError(`expected 32 bytes for the static key ${keyId}, received ${key.length}`)
  using secret = Secret.take(Uint8Array.from(key))
  return aead('AES-256-GCM', secret)
}

const boundTo = (keyId: string, context: EncryptionContext): Uint8Array =>
  Buffer.concat([canonicalContext(context), Buffer.from(keyId)])
