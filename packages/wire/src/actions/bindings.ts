import { z } from 'zod'
import type { ResourceBinding } from '../key-management.ts'
import type { KeyOperations } from '../key-operations.ts'
import { keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import type { KeyInput } from './on-one-key.ts'

const request = z
  .strictObject({ KeyId: keyName, ProductId: z.string().min(1).max(256), ResourceId: z.string().min(1).max(256) })
  .transform(({ KeyId, ProductId, ResourceId }) => ({ keyId: KeyId, product: ProductId, resource: ResourceId }))

const binding = (
  name: 'BindCloudResource' | 'UnbindCloudResource',
  change: (keys: KeyOperations, keyId: string, binding: ResourceBinding) => Promise<void>,
): Action =>
  action<KeyInput & ResourceBinding, void>({
    permission: `kms:${name}`,
    changes: true,
    call: (keys, { keyId, ...binding }) => change(keys, keyId, binding),
    tencent: { name, request, answer: () => ({}) },
  })

/** What uses a key blocks its deletion. */
export const bindings: readonly Action[] = [
  binding('BindCloudResource', (keys, keyId, binding) => keys.bindResource(keyId, binding)),
  binding('UnbindCloudResource', (keys, keyId, binding) => keys.unbindResource(keyId, binding)),
]
