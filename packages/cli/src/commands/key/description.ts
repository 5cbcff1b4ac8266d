import type { Command } from 'commander'
import type { SystemOptions } from '../../system/connect.ts'
import { changeKey, keyCommandOf, once } from './change-command.ts'

export const descriptionCommand = (): Command =>
  keyCommandOf('description', 'say what a key is for')
    .argument('<TEXT>', 'at most 1,024 bytes')
    .action((keyId: string, text: string, options: SystemOptions) =>
      changeKey(options, keyId, ({ tencent }) =>
        tencent.call('UpdateKeyDescription', { KeyId: keyId, Description: text }, once),
      ),
    )
