import { HufuError, type ResourceBinding } from '@hufu/wire'
import type { Call } from '../kms.ts'
import { checkBinding } from '../limits.ts'

export function bindResource(call: Call, keyId: string, binding: ResourceBinding): Promise<void> {
  return call.change({ action: 'BindCloudResource', keyName: keyId, needs: 'edit' }, async (writes, key) => {
    await writes.putBinding(key.id, checkBinding(binding))
    // What is in use does not end by itself.
    await writes.updateKey({ ...key, materialExpiresAt: null })
  })
}

export function unbindResource(call: Call, keyId: string, binding: ResourceBinding): Promise<void> {
  return call.change({ action: 'UnbindCloudResource', keyName: keyId, needs: 'describe' }, async (writes, key) => {
    if (await writes.deleteBinding(key.id, binding)) return
    throw new HufuError('BindingNotFound', `expected a binding of the key, received ${JSON.stringify(binding)}`)
  })
}

export function listBindings(call: Call, keyId: string): Promise<readonly ResourceBinding[]> {
  return call.use({ action: 'ListResourceBindings', keyName: keyId, needs: 'describe' }, (key) =>
    call.kms.store.bindings(key.id),
  )
}
