import type { Command } from 'commander'
import type { SystemOptions } from '../../system/connect.ts'
import { changeKey, keyCommandOf, once } from './change-command.ts'

const command = (name: string, about: string, action: string): Command =>
  keyCommandOf(name, about)
    .argument('<PRODUCT>', 'what uses it: s3, postgres, volume, or a name of yours')
    .argument('<RESOURCE>', 'the bucket, database or volume')
    .action((keyId: string, product: string, resource: string, options: SystemOptions) =>
      changeKey(options, keyId, ({ tencent }) =>
        tencent.call(action, { KeyId: keyId, ProductId: product, ResourceId: resource }, once),
      ),
    )

export const bindCommand = (): Command =>
  command('bind', 'say that something uses a key, which is then not deleted', 'BindCloudResource')

export const unbindCommand = (): Command => command('unbind', 'say that it uses the key no more', 'UnbindCloudResource')
