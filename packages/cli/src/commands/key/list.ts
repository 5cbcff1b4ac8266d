import { Command, Option } from 'commander'
import { z } from 'zod'
import { camelCase } from '../../output/camel-case.ts'
import { printList, type Row } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { collectTag, type Tag } from './tag-options.ts'

interface ListOptions extends SystemOptions {
  readonly state?: string
  readonly alias?: string
  readonly tag?: readonly Tag[]
}

const PAGE = 200
const listed = z.object({ KeyMetadatas: z.array(z.looseObject({ KeyId: z.string() })), TotalCount: z.number() })

/** As Tencent's API counts them. */
const states = ['Enabled', 'Disabled', 'PendingDelete', 'PendingImport', 'Archived']

export function listCommand(): Command {
  return systemOptions(new Command('list').description('list the keys, the newest first'))
    .addOption(new Option('--state <STATE>', 'those in one state').choices(states))
    .option('--alias <TEXT>', 'those with this in an alias')
    .option('--tag <NAME=VALUE>', 'those with this tag; more than one: with all of them', collectTag)
    .action(async (options: ListOptions) => {
      printList(
        await keysOf(options),
        ['keyId', 'alias', 'keyState', 'keySpec', 'protectionLevel'],
        options.json === true,
      )
    })
}

async function keysOf({ state, alias, tag = [], ...options }: ListOptions): Promise<readonly Row[]> {
  const filter = {
    KeyUsage: 'ALL',
    KeyState: state === undefined ? 0 : states.indexOf(state) + 1,
    SearchKeyAlias: alias,
    TagFilters: tag.map(({ TagKey, TagValue }) => ({ TagKey, TagValue: [TagValue] })),
    Limit: PAGE,
  }
  const rows: Row[] = []
  await withApi('tencent', options, async (api) => {
    for (let total = 1; rows.length < total; ) {
      const answer = await api.call('ListKeyDetail', { ...filter, Offset: rows.length })
      const { KeyMetadatas, TotalCount } = listed.parse(answer)
      rows.push(...KeyMetadatas.map((key) => camelCase(key) as Row))
      total = KeyMetadatas.length === 0 ? 0 : TotalCount
    }
  })
  return rows
}
