import type { Command } from 'commander'
import { z } from 'zod'
import { camelCase } from '../../output/camel-case.ts'
import { printObject, type Row } from '../../output/result.ts'
import { type SystemOptions, withApi } from '../../system/connect.ts'
import { keyCommandOf, once } from './change-command.ts'
import { collectTag, type Tag } from './tag-options.ts'

interface ReplicateOptions extends SystemOptions {
  readonly description?: string
  readonly tag?: readonly Tag[]
}

const replicated = z.object({ ReplicaKeyMetadata: z.looseObject({}) })

export const replicateCommand = (): Command =>
  keyCommandOf('replicate', 'make a multi-Region key in another region too')
    .argument('<REGION>', 'a region of the file that hufu up --regions was given')
    .option('--description <TEXT>', 'of the replica')
    .option('--tag <NAME=VALUE>', 'of the replica; may be given more than once', collectTag)
    .action(async (keyId: string, region: string, { description, tag, ...options }: ReplicateOptions) => {
      const asked = { KeyId: keyId, ReplicaRegion: region, Description: description, Tags: tag }
      const answer = await withApi('aws', options, (api) => api.call('ReplicateKey', asked, once))
      printObject(camelCase(replicated.parse(answer).ReplicaKeyMetadata) as Row, options.json === true)
    })
