import { Command } from 'commander'
import { printObject } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { keyDetails } from './key-details.ts'

/** A command that changes the state of one key and shows it afterwards. */
export function stateCommand(name: string, about: string, action: string): Command {
  const command = new Command(name).description(about).argument('<KEY>', 'its id, its ARN, or alias/NAME')
  return systemOptions(command).action(async (keyId: string, options: SystemOptions) => {
    const key = await withApi('tencent', options, async (api) => {
      await api.call(action, { KeyId: keyId }, { changes: true })
      return keyDetails(api, keyId)
    })
    printObject(key, options.json === true)
  })
}
