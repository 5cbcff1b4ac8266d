import type { Command } from 'commander'
import { z } from 'zod'
import { printObject } from '../../output/result.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { type Apis, keyCommandOf, once, withApis } from './change-command.ts'
import { collectTag, type Tag } from './tag-options.ts'

interface TagOptions extends SystemOptions {
  readonly set?: readonly Tag[]
  readonly remove?: readonly string[]
}

const listed = z.object({ Tags: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })) })

/** Shows the tags of a key, after changing them where that is asked. */
export const tagCommand = (): Command =>
  keyCommandOf('tag', 'show the tags of a key, or change them')
    .option('--set <NAME=VALUE>', 'a tag to have; may be given more than once', collectTag)
    .option('--remove <NAME>', 'a tag to lose; may be given more than once', (name, names: readonly string[] = []) => [
      ...names,
      name,
    ])
    .action(async (keyId: string, { set, remove, ...options }: TagOptions) => {
      const tags = await withApis(options, async (apis) => {
        if (set !== undefined) await apis.aws.call('TagResource', { KeyId: keyId, Tags: set }, once)
        if (remove !== undefined) await apis.aws.call('UntagResource', { KeyId: keyId, TagKeys: remove }, once)
        return tagsOf(apis, keyId)
      })
      printObject({ keyId, tags }, options.json === true)
    })

async function tagsOf({ aws }: Apis, keyId: string): Promise<Record<string, string>> {
  const { Tags } = listed.parse(await aws.call('ListResourceTags', { KeyId: keyId, Limit: 50 }))
  return Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]))
}
