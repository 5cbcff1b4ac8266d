import type { KeyBindings } from '@hufu/wire'
import type { TencentApi } from '../wire/tencent-api.ts'

/** What uses keys, told by the one wire that has words for it. */
export function httpBindings(api: TencentApi): Pick<KeyBindings, 'bindResource' | 'unbindResource'> {
  const tell =
    (action: string): KeyBindings['bindResource'] =>
    async (KeyId, { product, resource }) => {
      await api.call(action, { KeyId, ProductId: product, ResourceId: resource }, { changes: true })
    }
  return { bindResource: tell('BindCloudResource'), unbindResource: tell('UnbindCloudResource') }
}
