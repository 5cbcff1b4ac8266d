import { randomUUID } from 'node:crypto'
import {
  type Caller,
  type CreateKeyInput,
  type DataKey,
  type Decrypted,
  type DecryptInput,
  type Encrypted,
  type EncryptInput,
  type GenerateDataKeyInput,
  HufuError,
  type KeyMetadata,
  type KeyOperations,
  type KeyPage,
  keyArn,
  type Page,
  type ReEncrypted,
  type ReEncryptInput,
} from '@hufu/wire'
import type { KeyBackend } from './backend/key-backend.ts'
import { decodeBlob } from './ciphertext/blob.ts'
import type { SealedBlobs } from './ciphertext/sealed-blobs.ts'
import { type Key, type Place, toMetadata } from './key/key.ts'
import type { KeyFactory } from './key/key-factory.ts'
import type { KeyRing } from './key/key-ring.ts'
import type { KeyAction } from './key/state.ts'
import { checkPlaintext, checkRandomSize, pageOf } from './limits.ts'
import type { Requests } from './request.ts'
import type { Store } from './store/store.ts'

export interface KmsParts {
  readonly backend: KeyBackend
  readonly store: Store
  readonly ring: KeyRing
  readonly blobs: SealedBlobs
  readonly factory: KeyFactory
  readonly requests: Requests
  readonly place: Place
}

/** The keys as one caller sees them: each call is authorised, finds its key version, uses it, and is audited. */
export class CallerKeys implements KeyOperations {
  readonly #kms: KmsParts
  readonly #caller: Caller

  constructor(kms: KmsParts, caller: Caller) {
    this.#kms = kms
    this.#caller = caller
  }

  encrypt({ keyId, plaintext, context }: EncryptInput): Promise<Encrypted> {
    return this.#use('Encrypt', keyId, 'encrypt', context, async (key) => {
      checkPlaintext(plaintext)
      return { ciphertext: await this.#kms.blobs.seal(key, plaintext, context), keyId: this.#arn(key) }
    })
  }

  decrypt({ ciphertext, context, keyId }: DecryptInput): Promise<Decrypted> {
    const blob = decodeBlob(ciphertext)
    return this.#use('Decrypt', blob?.keyId ?? null, 'decrypt', context, async (key) => {
      if (blob === null) throw new HufuError('DecryptionFailed', 'the ciphertext names no key')
      await this.#checkSameKey(key, keyId)
      return { plaintext: await this.#kms.blobs.open(key, blob, context), keyId: this.#arn(key) }
    })
  }

  generateDataKey({ keyId, numberOfBytes = 32, context }: GenerateDataKeyInput): Promise<DataKey> {
    return this.#use('GenerateDataKey', keyId, 'encrypt', context, async (key) => {
      const plaintext = await this.#kms.backend.random(checkRandomSize(numberOfBytes))
      return { plaintext, ciphertext: await this.#kms.blobs.seal(key, plaintext, context), keyId: this.#arn(key) }
    })
  }

  reEncrypt(input: ReEncryptInput): Promise<ReEncrypted> {
    const blob = decodeBlob(input.ciphertext)
    return this.#use('ReEncryptFrom', blob?.keyId ?? null, 'decrypt', input.sourceContext, async (source) => {
      if (blob === null) throw new HufuError('DecryptionFailed', 'the ciphertext names no key')
      const plaintext = await this.#kms.blobs.open(source, blob, input.sourceContext)
      const context = input.destinationContext ?? input.sourceContext
      return this.#use('ReEncryptTo', input.destinationKeyId ?? source.id, 'encrypt', context, async (key) => {
        const unchanged =
          key.id === source.id && key.version === blob.keyVersion && input.destinationContext === undefined
        const ciphertext = unchanged ? input.ciphertext : await this.#kms.blobs.seal(key, plaintext, context)
        plaintext.fill(0)
        return { ciphertext, keyId: this.#arn(key), sourceKeyId: this.#arn(source), reEncrypted: !unchanged }
      })
    })
  }

  generateRandom(numberOfBytes: number): Promise<Uint8Array> {
    return this.#kms.requests.run({ caller: this.#caller, action: 'GenerateRandom' }, async () =>
      this.#kms.backend.random(checkRandomSize(numberOfBytes)),
    )
  }

  async createKey(input: CreateKeyInput): Promise<KeyMetadata> {
    const { requests, factory } = this.#kms
    const key = await requests.create({ caller: this.#caller, action: 'CreateKey' }, () =>
      factory.make(randomUUID(), input, this.#caller.principal),
    )
    return this.#metadata(key)
  }

  describeKey(keyId: string): Promise<KeyMetadata> {
    return this.#use('DescribeKey', keyId, 'describe', undefined, async (key) => this.#metadata(key))
  }

  listKeys(page: Page = {}): Promise<KeyPage> {
    return this.#kms.requests.run({ caller: this.#caller, action: 'ListKeys' }, async () => {
      const { keys, totalCount } = await this.#kms.store.listKeys(pageOf(page))
      return { keys: keys.map((key) => this.#metadata(key)), totalCount }
    })
  }

  enableKey(keyId: string): Promise<void> {
    return this.#changeState('EnableKey', keyId, 'enable')
  }

  disableKey(keyId: string): Promise<void> {
    return this.#changeState('DisableKey', keyId, 'disable')
  }

  #use<T>(
    action: string,
    keyName: string | null,
    needs: KeyAction,
    context: EncryptInput['context'],
    act: (key: Key) => Promise<T>,
  ): Promise<T> {
    return this.#kms.requests.use({ caller: this.#caller, action, keyName, needs, context }, act)
  }

  #changeState(action: string, keyName: string, needs: KeyAction): Promise<void> {
    return this.#kms.requests.change({ caller: this.#caller, action, keyName, needs }, (writes, key) =>
      writes.updateKey(key),
    )
  }

  async #checkSameKey(key: Key, expected: string | undefined): Promise<void> {
    if (expected === undefined || (await this.#kms.ring.find(expected))?.id === key.id) return
    throw new HufuError('KeyMismatch', `expected a ciphertext of key ${expected}, received one of ${key.id}`)
  }

  #metadata(key: Key): KeyMetadata {
    return toMetadata(key, this.#kms.place)
  }

  #arn(key: Key): string {
    return keyArn(this.#kms.place.region, this.#kms.place.accountId, key.id)
  }
}
