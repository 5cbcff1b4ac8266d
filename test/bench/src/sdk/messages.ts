import { createCipheriv, randomBytes } from 'node:crypto'
import type { Hufu } from '@hufu/sdk'
import { aws } from './aws-client.ts'

const SIZE = 1024
const plaintext = randomBytes(SIZE)
const context = { bench: 'message' }
const key = randomBytes(32)

/** Messages that are under way at once, as in a busy server. */
const BATCH = 64

const inBatches = (one: () => Promise<unknown>) => async (): Promise<number> => {
  await Promise.all(Array.from({ length: BATCH }, one))
  return BATCH
}

export const hufuMessages = (hufu: Hufu) => inBatches(() => hufu.encrypt(plaintext, { keys: ['key'], context }))

export const awsMessages = inBatches(() => aws.sealMessage(plaintext))

/** The least that can be done: a random nonce and AES-256-GCM, by node:crypto, with no format around. */
export function rawMessages(): number {
  for (let i = 0; i < BATCH; i++) {
    const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12))
    Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  }
  return BATCH
}
