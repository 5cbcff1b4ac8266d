import { type Aead, NONCE_SIZE } from '../aead.ts'
import { aead } from '../create-aead.ts'
import { DecryptionError } from '../decryption-error.ts'
import { hkdfExpand, hkdfExtract } from '../hkdf.ts'
import type { Secret } from '../secret.ts'
import { SessionCounter } from '../session-counter.ts'
import { SessionKeys } from '../session-keys.ts'
import { DATA_KEY_SIZE, type Suite } from '../suite.ts'
import {
  BLOCK_COUNTER_SIZE,
  BLOCK_NUMBERS,
  BLOCK_OVERHEAD,
  BLOCK_SESSION_SIZE,
  type BlockSize,
  openedBlocksSize,
  sealedBlocksSize,
} from './block-layout.ts'

export const FILE_ID_SIZE = 16

const LABEL = Buffer.from('hufu/volume/block/')
const LIMITS = { sessionSize: BLOCK_SESSION_SIZE, sealings: 2 ** 32, bytes: Number.POSITIVE_INFINITY }
const CIPHERTEXT_AT = BLOCK_SESSION_SIZE + BLOCK_COUNTER_SIZE

export interface FileBlocksOptions {
  readonly suite: Suite
  readonly blockSize: BlockSize
  /** The volume's content key, 32 bytes. The caller may dispose it at once. */
  readonly contentKey: Secret
  /** 16 bytes. */
  readonly fileId: Uint8Array
  /** The sessions of a fixed example; random ones otherwise. */
  readonly unsafeDrawSession?: () => Uint8Array
}

/** Seals and opens the blocks of one file: docs/formats/volume-block.md. The reference of the native data path. */
export class FileBlocks implements Disposable {
  readonly #blockSize: BlockSize
  readonly #fileKey: Secret
  readonly #keys: SessionKeys
  readonly #counter: SessionCounter

  constructor(options: FileBlocksOptions) {
    const { suite, blockSize, contentKey, fileId } = checked(options)
    this.#blockSize = blockSize
    this.#fileKey = hkdfExtract(suite.hash, fileId, contentKey)
    this.#keys = new SessionKeys((session) => deriveBlockKey(suite, blockSize, this.#fileKey, session))
    this.#counter = new SessionCounter(LIMITS, options.unsafeDrawSession)
  }

  /** Seals consecutive blocks from block `first` on; every one but the last is full. */
  seal(first: number, plaintext: Uint8Array): Uint8Array {
    checkNumbers(first, plaintext.length / this.#blockSize)
    const sealed = new Uint8Array(sealedBlocksSize(plaintext.length, this.#blockSize))
    for (let at = 0, number = first, to = 0; at < plaintext.length; at += this.#blockSize, number++) {
      const block = plaintext.subarray(at, at + this.#blockSize)
      this.#sealBlock(number, block, sealed.subarray(to))
      to += block.length + BLOCK_OVERHEAD
    }
    return sealed
  }

  /** Opens consecutive sealed blocks from block `first` on. A hole opens to zeros. Throws `DecryptionError`, and then releases nothing. */
  open(first: number, sealed: Uint8Array): Uint8Array {
    checkNumbers(first, sealed.length / this.#blockSize)
    const size = openedBlocksSize(sealed.length, this.#blockSize)
    if (size === null) throw new DecryptionError()
    const plaintext = new Uint8Array(size)
    const step = this.#blockSize + BLOCK_OVERHEAD
    for (let at = 0, number = first, to = 0; at < sealed.length; at += step, number++) {
      this.#openBlock(number, sealed.subarray(at, at + step), plaintext.subarray(to))
      to += this.#blockSize
    }
    return plaintext
  }

  /** For a process whose memory was copied: to be called before it seals again. */
  renewSession(): void {
    this.#counter.renew()
  }

  [Symbol.dispose](): void {
    this.#keys[Symbol.dispose]()
    this.#fileKey[Symbol.dispose]()
  }

  #sealBlock(number: number, plaintext: Uint8Array, into: Uint8Array): void {
    const { session, counter } = this.#counter.next(plaintext.length)
    into.set(session)
    into.set(uint64(counter), BLOCK_SESSION_SIZE)
    this.#keys.of(session).seal(blockNonce(into), uint64(number), plaintext, into.subarray(CIPHERTEXT_AT))
  }

  #openBlock(number: number, sealed: Uint8Array, into: Uint8Array): void {
    if (isHole(sealed)) return
    const key = this.#keys.of(sealed.subarray(0, BLOCK_SESSION_SIZE))
    key.open(blockNonce(sealed), uint64(number), sealed.subarray(CIPHERTEXT_AT), into)
  }
}

const isHole = (sealed: Uint8Array): boolean => sealed.every((byte) => byte === 0)

function deriveBlockKey(suite: Suite, blockSize: BlockSize, fileKey: Secret, session: Uint8Array): Aead {
  const info = Buffer.concat([LABEL, Uint8Array.of(suite.number, Math.log2(blockSize)), session])
  using key = hkdfExpand(suite.hash, fileKey, info, suite.keySize)
  return aead(suite.aead, key)
}

/** The nonce of a block that begins with its session and counter. */
function blockNonce(block: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(NONCE_SIZE)
  nonce.set(block.subarray(BLOCK_SESSION_SIZE, CIPHERTEXT_AT), NONCE_SIZE - BLOCK_COUNTER_SIZE)
  return nonce
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

function checked(options: FileBlocksOptions): FileBlocksOptions {
  const { blockSize, contentKey, fileId } = options
  if (blockSize !== 4_096 && blockSize !== 65_536)
    throw new TypeError(`expected a block size of 4096 or 65536, received ${blockSize}`)
  if (contentKey.size !== DATA_KEY_SIZE)
    throw new TypeError(`expected a content key of ${DATA_KEY_SIZE} bytes, received ${contentKey.size}`)
  if (fileId.length !== FILE_ID_SIZE)
    throw new TypeError(`expected a file id of ${FILE_ID_SIZE} bytes, received ${fileId.length}`)
  return options
}

function checkNumbers(first: number, count: number): void {
  if (!Number.isSafeInteger(first) || first < 0 || first + Math.ceil(count) > BLOCK_NUMBERS)
    throw new RangeError(`expected block numbers below 2^51, received ${first} and on`)
}
