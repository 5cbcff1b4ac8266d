import { randomBytes } from 'node:crypto'
import { NONCE_SIZE } from '@hufu/crypto'

/**
 * Nonces that never repeat under any key: an epoch that the store gives out once, then a counter with a
 * random start (docs/formats/ciphertext-blob.md).
 */
export class Nonces {
  readonly #epoch: number
  #counter: bigint

  constructor(epoch: number, start: bigint = randomBytes(8).readBigUInt64BE()) {
    this.#epoch = epoch
    this.#counter = start
  }

  next(): Uint8Array {
    const nonce = Buffer.alloc(NONCE_SIZE)
    nonce.writeUInt32BE(this.#epoch, 0)
    nonce.writeBigUInt64BE(this.#counter, 4)
    this.#counter = BigInt.asUintN(64, this.#counter + 1n)
    return nonce
  }
}
