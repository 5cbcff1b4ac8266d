import type { Command } from 'commander'
import { camelCase } from '../../output/camel-case.ts'
import { printObject, type Row } from '../../output/result.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { keyCommandOf, withApis } from './change-command.ts'

export const lastUseCommand = (): Command =>
  keyCommandOf('last-use', "show when and how a key's material was last used").action(
    async (keyId: string, options: SystemOptions) => {
      const use = await withApis(options, ({ aws }) => aws.call('GetKeyLastUsage', { KeyId: keyId }))
      printObject(camelCase(use) as Row, options.json === true)
    },
  )
