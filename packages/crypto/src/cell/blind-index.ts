import { type HashName, hmac } from '../hmac.ts'
import type { Secret } from '../secret.ts'
import { DATA_KEY_SIZE } from '../suite.ts'
import { BLIND_INDEX_SIZE } from './cell-layout.ts'

const LABEL = Buffer.from('hufu/cell/index')

/** The blind index of a value: equal values under one index key have equal ones. The key is 32 bytes, and no DEK. */
export function blindIndex(hash: HashName, indexKey: Secret, value: Uint8Array): Uint8Array {
  checkIndexKey(indexKey)
  return hmac(hash, indexKey, LABEL, value).subarray(0, BLIND_INDEX_SIZE)
}

export function checkIndexKey(indexKey: Secret): void {
  if (indexKey.size !== DATA_KEY_SIZE)
    throw new TypeError(`expected an index key of ${DATA_KEY_SIZE} bytes, received ${indexKey.size}`)
}
