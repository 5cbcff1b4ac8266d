import { type KeySpec, keyKinds, keySpecs, keyUses } from '@hufu/wire'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { printObject } from '../../output/result.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'
import { type Apis, once, withApis } from './change-command.ts'
import { keyDetails } from './key-details.ts'
import { collectTag, type Tag } from './tag-options.ts'

interface CreateOptions extends SystemOptions {
  readonly alias?: string
  readonly description?: string
  readonly spec?: KeySpec
  readonly algorithm?: KeySpec
  readonly use?: string
  readonly external?: boolean
  readonly multiRegion?: boolean
  readonly tag?: readonly Tag[]
}

const created = z.object({ KeyMetadata: z.object({ KeyId: z.string() }) })
const createdWithAlias = z.object({ KeyId: z.string() })

export function createCommand(): Command {
  return systemOptions(new Command('create').description('make a key'))
    .option('--alias <NAME>', 'a name for it')
    .option('--description <TEXT>', 'what it is for')
    .addOption(new Option('--spec <SPEC>', "its algorithm, the region's own unless told").choices(keySpecs))
    .addOption(new Option('--algorithm <SPEC>', 'the same').choices(keySpecs).conflicts('spec'))
    .addOption(new Option('--use <USE>', 'its purpose, the first of its algorithm unless told').choices(keyUses))
    .option('--external', 'without material, which is then brought with: hufu key import')
    .option('--multi-region', 'to be replicated to other regions')
    .option('--tag <NAME=VALUE>', 'a tag of it; may be given more than once', collectTag)
    .action(async (options: CreateOptions) => {
      const key = await withApis(options, async (apis) => {
        const keyId = options.alias === undefined ? await createBare(apis, options) : await createNamed(apis, options)
        return keyDetails(apis.tencent, keyId)
      })
      printObject(key, options.json === true)
    })
}

/** Only the AWS wire makes a key without an alias. */
async function createBare({ aws }: Apis, options: CreateOptions): Promise<string> {
  const { description, external, multiRegion, tag } = options
  const asked = {
    Description: description,
    KeySpec: specOf(options),
    KeyUsage: useOf(options),
    Origin: external === true ? 'EXTERNAL' : undefined,
    MultiRegion: multiRegion,
    Tags: tag,
  }
  return created.parse(await aws.call('CreateKey', asked, once)).KeyMetadata.KeyId
}

async function createNamed({ tencent }: Apis, options: CreateOptions): Promise<string> {
  const { alias = '', description, external, multiRegion, tag } = options
  const asked = {
    Alias: alias.replace(/^alias\//, ''),
    Description: description,
    KeySpec: specOf(options),
    KeyUsage: useOf(options),
    Type: external === true ? 2 : 1,
    MultiRegion: multiRegion === true ? 1 : 0,
    Tags: tag,
  }
  return createdWithAlias.parse(await tencent.call('CreateKey', asked, once)).KeyId
}

const specOf = ({ spec, algorithm }: CreateOptions): KeySpec | undefined => spec ?? algorithm

function useOf(options: CreateOptions): string | undefined {
  const spec = specOf(options)
  return options.use ?? (spec === undefined ? undefined : keyKinds[spec].uses[0])
}
