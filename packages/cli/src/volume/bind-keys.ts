import type { VolumeHeader } from '@hufu/fuse'
import { isHufuError } from '@hufu/wire'
import { type SystemOptions, withApi } from '../system/connect.ts'

/**
 * Says to the KMS which keys open the volume, so that none of them is deleted under it, and which do no more. A caller
 * who may not say so still has the volume, and is told.
 */
export function bindKeys(options: SystemOptions, volume: VolumeHeader, gone: readonly string[] = []): Promise<void> {
  const { id, recipients } = volume
  return withApi('tencent', options, async (api) => {
    const say = async (action: string, keyId: string): Promise<void> => {
      try {
        await api.call(action, { KeyId: keyId, ProductId: 'volume', ResourceId: id }, { changes: true })
      } catch (error) {
        if (isHufuError(error, 'BindingNotFound')) return
        if (!isHufuError(error)) throw error
        console.error(`hufu: ${action} of ${keyId} for the volume ${id} failed: ${error.message}`)
      }
    }
    for (const { keyId } of recipients) await say('BindCloudResource', keyId)
    for (const keyId of gone) await say('UnbindCloudResource', keyId)
  })
}
