import { resolve } from 'node:path'
import { Command } from 'commander'
import { printObject } from '../../output/result.ts'
import { addTo } from '../../sealed/repeated-options.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { bindVolume } from '../../volume/bind-volume.ts'
import { headerRow } from '../../volume/header-row.ts'
import { volumeClient, volumeOptions } from '../../volume/volume-client.ts'

interface RewrapOptions extends SystemOptions {
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

export function rewrapCommand(): Command {
  const command = new Command('rewrap')
    .description('change which keys open a volume, without touching its files')
    .argument('<DIR>', 'the directory of its ciphertext')
    .option('--add <KEY>', 'a key that shall open it too, or anew in its newest version; may be repeated', addTo)
    .option('--remove <ARN>', 'a recipient that shall not any more, as info names it; may be repeated', addTo)
  return volumeOptions(command).action(async (directory: string, options: RewrapOptions) => {
    const { rewrapVolume } = await import('@hufu/fuse')
    await using client = await volumeClient(options)
    const { service } = client
    const add = (options.add ?? []).map((keyId) => ({ service, keyId }))
    const change = { directory: resolve(directory), services: [service], add, remove: options.remove ?? [] }
    const header = await rewrapVolume(change)
    const stays = new Set(header.recipients.map(({ keyId }) => keyId))
    await bindVolume(
      options,
      header,
      change.remove.filter((keyId) => !stays.has(keyId)),
    )
    printObject(headerRow(directory, header), options.json === true)
  })
}
