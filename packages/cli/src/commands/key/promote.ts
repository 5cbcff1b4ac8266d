import type { Command } from 'commander'
import type { SystemOptions } from '../../system/connect.ts'
import { changeKey, keyCommandOf, once } from './change-command.ts'

export const promoteCommand = (): Command =>
  keyCommandOf('promote', 'make another region the primary of a multi-Region key; asked of the present one')
    .argument('<REGION>', 'the region of a replica')
    .action((keyId: string, region: string, options: SystemOptions) =>
      changeKey(options, keyId, ({ aws }) =>
        aws.call('UpdatePrimaryRegion', { KeyId: keyId, PrimaryRegion: region }, once),
      ),
    )
