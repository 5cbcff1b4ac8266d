import { Command } from 'commander'
import { z } from 'zod'
import { printList, type Row } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { keyDetails } from './key-details.ts'

const PAGE = 200
const listed = z.object({ Keys: z.array(z.object({ KeyId: z.string() })), TotalCount: z.number() })

export function listCommand(): Command {
  return systemOptions(new Command('list').description('list the keys')).action(async (options: SystemOptions) => {
    const rows: Row[] = []
    await withApi('tencent', options, async (api) => {
      for (let offset = 0, total = 1; offset < total; offset += PAGE) {
        const { Keys, TotalCount } = listed.parse(await api.call('ListKeys', { Offset: offset, Limit: PAGE }))
        total = TotalCount
        rows.push(...(await Promise.all(Keys.map(({ KeyId }) => keyDetails(api, KeyId)))))
      }
    })
    printList(rows, ['keyId', 'alias', 'keyState', 'keySpec', 'protectionLevel'], options.json === true)
  })
}
