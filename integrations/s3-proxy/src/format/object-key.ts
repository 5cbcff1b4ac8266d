import { randomBytes } from 'node:crypto'
import { Secret } from '@hufu/crypto'
import type { Suite } from './suite.ts'

/** What opens and seals the bytes of one object. Whoever holds it disposes it. */
export interface ObjectKey extends Disposable {
  readonly suite: Suite
  /** 16 bytes. */
  readonly objectId: Buffer
  readonly dek: Secret
}

export const objectKey = (suite: Suite, objectId: Buffer, dek: Secret): ObjectKey => ({
  suite,
  objectId,
  dek,
  [Symbol.dispose]: () => dek[Symbol.dispose](),
})

export const newObjectKey = (suite: Suite): ObjectKey => objectKey(suite, randomBytes(16), Secret.random(32))
