import { isHufuError } from '@hufu/wire'
import { type SystemOptions, withApi } from './connect.ts'

/** What uses keys, as the KMS knows it: `volume` with a volume's id, `postgres` with a column's. */
export interface KeyUser {
  readonly product: string
  readonly resource: string
  /** Keys without which it can't be read. */
  readonly used: readonly string[]
  /** Keys that it needed before. */
  readonly gone: readonly string[]
}

/**
 * Says to the KMS which keys are used, so that none of them is deleted meanwhile, and which are no more. A caller who
 * may not say so is told, and nothing else fails.
 */
export function bindKeys(options: SystemOptions, users: readonly KeyUser[]): Promise<void> {
  return withApi('tencent', options, async (api) => {
    const say = async (action: string, keyId: string, { product, resource }: KeyUser): Promise<void> => {
      try {
        await api.call(action, { KeyId: keyId, ProductId: product, ResourceId: resource }, { changes: true })
      } catch (error) {
        if (isHufuError(error, 'BindingNotFound')) return
        if (!isHufuError(error)) throw error
        console.error(`hufu: ${action} of ${keyId} for the ${product} ${resource} failed: ${error.message}`)
      }
    }
    for (const user of users) {
      // One key has several names: what is used comes last, and so stays bound.
      for (const keyId of user.gone) await say('UnbindCloudResource', keyId, user)
      for (const keyId of user.used) await say('BindCloudResource', keyId, user)
    }
  })
}
