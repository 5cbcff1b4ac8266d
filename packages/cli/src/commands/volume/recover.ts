import { resolve } from 'node:path'
import { Command } from 'commander'
import { printObject } from '../../output/result.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { headerRow } from '../../volume/header-row.ts'
import { volumeClient, volumeOptions } from '../../volume/volume-client.ts'

interface RecoverOptions extends SystemOptions {
  readonly header: string
  readonly reverse?: boolean
}

export function recoverCommand(): Command {
  const command = new Command('recover')
    .description('put a copy of hufu.volume back in place of a broken or lost one, if any key of it opens this volume')
    .argument('<DIR>', 'the directory of its ciphertext')
    .requiredOption('--header <FILE>', 'the copy')
    .option('--reverse', 'of a plain directory that hufu mount --reverse shows: puts .hufu.volume back')
  return volumeOptions(command).action(async (directory: string, options: RecoverOptions) => {
    const { recoverVolume } = await import('@hufu/fuse')
    await using client = await volumeClient(options)
    const { header, reverse = false } = options
    const recovery = { directory: resolve(directory), backup: resolve(header), services: [client.service], reverse }
    printObject(headerRow(directory, await recoverVolume(recovery)), options.json === true)
  })
}
