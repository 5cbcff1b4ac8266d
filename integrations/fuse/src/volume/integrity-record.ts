import { hmac, Secret } from '@hufu/crypto'
import type { VolumeSuite } from '../header/header.ts'
import { volumeSuite } from './volume-suite.ts'

/** What is known of a volume with integrity (docs/formats/volume-integrity.md). */
export const INTEGRITY_FILE = 'hufu.integrity'

const [RECORD_SIZE, TEXT_SIZE, MAC_SIZE, KEY_SIZE] = [112, 96, 16, 32]
const BEGIN = 1

/** The record with which an empty volume begins. `dataKeys` end with the integrity key. */
export function firstRecord(rootId: Uint8Array, suite: VolumeSuite, dataKeys: Secret): Buffer {
  const record = Buffer.alloc(RECORD_SIZE)
  record.writeUInt8(BEGIN, 0)
  record.writeBigUInt64BE(1n, 8)
  record.set(rootId, 16)
  using key = Secret.take(Uint8Array.from(dataKeys.bytes().subarray(-KEY_SIZE)))
  const text = Buffer.concat([Buffer.alloc(MAC_SIZE), record.subarray(0, TEXT_SIZE)])
  record.set(hmac(volumeSuite(suite).hash, key, text).subarray(0, MAC_SIZE), TEXT_SIZE)
  return record
}
