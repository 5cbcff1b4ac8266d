import { Command } from 'commander'
import { printObject } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { keyDetails } from './key-details.ts'

export function describeCommand(): Command {
  return systemOptions(
    new Command('describe').alias('show').description('show a key').argument('<KEY>', 'its id, its ARN, or alias/NAME'),
  ).action(async (keyId: string, options: SystemOptions) => {
    printObject(await withApi('tencent', options, (api) => keyDetails(api, keyId)), options.json === true)
  })
}
