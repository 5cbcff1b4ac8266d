import { DecryptionError } from '@hufu/crypto'
import { asBuffer, expectZero } from './binary.ts'
import { PART_HEAD_SIZE } from './size.ts'
import type { Suite } from './suite.ts'

const MAGIC = 'HUFP'
const VERSION = 1

export function writePartHead(suite: Suite, salt: Uint8Array): Buffer {
  const head = Buffer.alloc(PART_HEAD_SIZE)
  head.write(MAGIC, 0, 'latin1')
  head[4] = VERSION
  head[5] = suite.number
  head.set(salt, 16)
  return head
}

/** Throws `DecryptionError` unless these are exactly the bytes of the head of this part. */
export function expectPartHead(bytes: Uint8Array, suite: Suite, salt: Uint8Array): void {
  const head = asBuffer(bytes)
  if (head.length !== PART_HEAD_SIZE) throw new DecryptionError()
  expectZero(head.subarray(6, 16))
  if (!head.equals(writePartHead(suite, salt))) throw new DecryptionError()
}
