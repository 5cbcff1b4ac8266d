import { constants, createPublicKey, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto'
import type { CreateKeyInput, KeyOperations, KeyState } from '@hufu/wire'
import type { KmsServer } from '../kms-server.ts'
import { opensslSm2Encrypt } from '../openssl-sm2.ts'

/** A token for one import, and material of that key's kind under the token's public key, by the openssl command. */
export interface ImportKit {
  readonly token: Buffer
  readonly material: Buffer
}

/** What the cases are about: keys in each state, and what was made with them. Made in the domain, not by the client. */
export class World {
  readonly keys: KeyOperations
  readonly #dir: string
  readonly #shared = new Map<string, Promise<string>>()
  #names = 0

  constructor({ kms, root, dir }: KmsServer) {
    this.keys = kms.as({ ...root, requestId: 'test', sourceIp: 'test' })
    this.#dir = dir
  }

  /** No key has this id. */
  readonly unknown = '00000000-0000-4000-8000-000000000000'
  readonly plaintext = Buffer.from('attack at dawn')

  async key(input: CreateKeyInput = {}): Promise<string> {
    return (await this.keys.createKey(input)).keyId
  }

  /** A key that no case changes: those of some kinds take long to make. */
  shared(input: CreateKeyInput): Promise<string> {
    const name = JSON.stringify(input)
    const made = this.#shared.get(name) ?? this.key(input)
    this.#shared.set(name, made)
    return made
  }

  async arn(keyId: string): Promise<string> {
    return (await this.keys.describeKey(keyId)).arn
  }

  /** From enabled. */
  async put(keyId: string, state: KeyState): Promise<void> {
    if (state === 'Disabled') await this.keys.disableKey(keyId)
    if (state === 'Archived') await this.keys.archiveKey(keyId)
    if (state === 'PendingDelete') await this.keys.scheduleKeyDeletion({ keyId, disableFirst: true })
  }

  async blob(keyId: string, context?: Readonly<Record<string, string>>): Promise<Buffer> {
    const asked = { keyId, plaintext: this.plaintext, ...(context === undefined ? {} : { context }) }
    return Buffer.from((await this.keys.encrypt(asked)).ciphertext)
  }

  /** A ciphertext that names a key that does not exist (docs/formats/ciphertext-blob.md: the id begins at 6). */
  async blobOfUnknown(): Promise<Buffer> {
    const blob = await this.blob(await this.key())
    blob.fill(0, 6, 22)
    return blob
  }

  /** The plaintext under the public key of an RSA key (OAEP with SHA-256) or of an SM2 key, by OpenSSL. */
  async underPublicKey(keyId: string): Promise<Buffer> {
    const { publicKey, spec } = await this.keys.getPublicKey(keyId)
    const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
    if (spec === 'SM2') return opensslSm2Encrypt(this.#dir, pemOf(key), this.plaintext)
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, this.plaintext)
  }

  name(): string {
    this.#names += 1
    return `matrix-${this.#names}`
  }

  async alias(keyId: string): Promise<string> {
    const alias = this.name()
    await this.keys.createAlias(alias, keyId)
    return alias
  }

  /** A key that waits for its material. */
  async importing(): Promise<ImportKit & { readonly keyId: string }> {
    const keyId = await this.key({ origin: 'EXTERNAL' })
    return { keyId, ...(await this.importKit(keyId)) }
  }

  async importKit(keyId: string): Promise<ImportKit> {
    const given = await this.keys.importParameters({ keyId, wrappingKeySpec: 'SM2', algorithm: 'SM2PKE_ASN1' })
    const key = createPublicKey({ key: Buffer.from(given.publicKey), type: 'spki', format: 'der' })
    const material = await opensslSm2Encrypt(this.#dir, pemOf(key), randomBytes(32))
    return { token: Buffer.from(given.token), material }
  }

  /** A key whose material was imported. */
  async imported(): Promise<string> {
    const { keyId, token, material } = await this.importing()
    await this.keys.importMaterial({ keyId, token, encryptedMaterial: material })
    return keyId
  }

  /** A data key that the KMS keeps. */
  async dataKey(): Promise<string> {
    return (await this.keys.hostDataKey({ keyId: 'alias/s3', name: this.name() })).dataKeyId
  }
}

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()
