import { DecryptionError } from '@hufu/crypto'
import { type EncryptionContext, HufuError, isHufuError } from '@hufu/wire'
import type { KeyBackend, KeyMaterial } from '../backend/key-backend.ts'
import type { Key } from '../key/key.ts'
import type { KeyRing } from '../key/key-ring.ts'
import { type Blob, blobAlgorithm, blobHeader, encodeBlob } from './blob.ts'
import { canonicalContext } from './canonical-context.ts'
import type { Nonces } from './nonces.ts'

/** Ciphertext blobs: made under the newest version of a key, opened under the version they name. */
export class SealedBlobs {
  readonly #backend: KeyBackend
  readonly #ring: KeyRing
  readonly #nonces: Nonces

  constructor(backend: KeyBackend, ring: KeyRing, nonces: Nonces) {
    this.#backend = backend
    this.#ring = ring
    this.#nonces = nonces
  }

  async seal(key: Key, plaintext: Uint8Array, context: EncryptionContext | undefined): Promise<Uint8Array> {
    const algorithm = blobAlgorithm(key.spec)
    if (algorithm === null || key.use !== 'ENCRYPT_DECRYPT') throw wrongKind(key)
    const header = blobHeader({ algorithm, keyId: key.id, keyVersion: key.version })
    const nonce = this.#nonces.next()
    const material = this.#ring.heldMaterial(key) ?? (await this.#ring.material(key))
    return encodeBlob(header, nonce, await this.#backend.seal(material, nonce, bound(header, context), plaintext))
  }

  /** Throws `DecryptionError`. */
  async open(key: Key, blob: Blob, context: EncryptionContext | undefined): Promise<Uint8Array> {
    if (blob.algorithm !== blobAlgorithm(key.spec)) throw new DecryptionError()
    const material = this.#ring.heldMaterial(key, blob.keyVersion) ?? (await this.#material(key, blob.keyVersion))
    return this.#backend.open(material, blob.nonce, bound(blobHeader(blob), context), blob.sealed)
  }

  /** A version that there is not: the ciphertext is wrong, not the key. */
  #material(key: Key, version: number): Promise<KeyMaterial> {
    return this.#ring.material(key, version).catch((cause) => {
      throw isHufuError(cause, 'KeyNotFound') ? new DecryptionError({ cause }) : cause
    })
  }
}

const bound = (header: Uint8Array, context: EncryptionContext | undefined): Uint8Array =>
  Buffer.concat([header, canonicalContext(context)])

const wrongKind = ({ spec, use }: Key): HufuError =>
  new HufuError('InvalidKeyUsage', `expected a symmetric key to encrypt with, received a ${spec} key for ${use}`)
