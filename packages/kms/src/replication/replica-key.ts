import { HufuError } from '@hufu/wire'
import { z } from 'zod'
import type { KeyBackend, KeyMaterial } from '../backend/key-backend.ts'
import type { Store } from '../store/store.ts'

const SETTING = 'replica key'
const SPEC = 'RSA_3072'

const Stored = z.object({ wrapped: z.base64(), publicKey: z.base64() })

export interface ReplicaKey {
  /** The private key, under the backend's root key. */
  readonly material: KeyMaterial
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
}

/** The key pair that other regions wrap keys to (docs/formats/replica.md); made at first need. */
export async function replicaKey(backend: KeyBackend, store: Store): Promise<ReplicaKey> {
  const text = (await store.setting(SETTING)) ?? (await make(backend, store))
  const { wrapped, publicKey } = Stored.parse(JSON.parse(text))
  return {
    material: { id: 'replica key/1', spec: SPEC, wrapped: Buffer.from(wrapped, 'base64') },
    publicKey: Buffer.from(publicKey, 'base64'),
  }
}

async function make(backend: KeyBackend, store: Store): Promise<string> {
  const { wrapped, publicKey } = await backend.generate(SPEC)
  if (publicKey === null) throw new HufuError('Internal', `expected a key pair of ${SPEC}, received a symmetric key`)
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const text = JSON.stringify({ wrapped: base64(wrapped), publicKey: base64(publicKey) })
  return store.transact((writes) => writes.keepSetting(SETTING, text))
}
