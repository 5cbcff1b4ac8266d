import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { printObject } from '../../output/result.ts'
import { addTo } from '../../sealed/repeated-options.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { bindVolume } from '../../volume/bind-volume.ts'
import { headerRow } from '../../volume/header-row.ts'
import { volumeClient, volumeOptions } from '../../volume/volume-client.ts'

interface InitOptions extends SystemOptions {
  readonly key: readonly string[]
  readonly blockSize: '4096' | '65536'
  readonly integrity?: boolean
  readonly suite: 'AES-256-GCM' | 'SM4-GCM'
  readonly reverse?: boolean
}

export function initCommand(): Command {
  const command = new Command('init')
    .description('make a volume in an empty directory')
    .argument('<DIR>', 'where its ciphertext will be; with --reverse a plain directory, as it is')
    .option('--reverse', 'for hufu mount --reverse, which shows a plain directory encrypted: writes its .hufu.volume')
    .requiredOption('-k, --key <KEY>', 'a key that opens it: an id, an ARN or alias/NAME; may be repeated', addTo)
    .addOption(
      new Option('--block-size <BYTES>', 'bytes a block: 65536 suits archives')
        .choices(['4096', '65536'])
        .default('4096'),
    )
    .addOption(
      new Option('--integrity', 'find older states of blocks, files and names that are put back').conflicts('reverse'),
    )
    .addOption(
      new Option('--suite <SUITE>', 'the ciphers of names and contents')
        .choices(['AES-256-GCM', 'SM4-GCM'])
        .default('AES-256-GCM'),
    )
  return volumeOptions(command).action(async (directory: string, options: InitOptions) => {
    const { initVolume } = await import('@hufu/fuse')
    await using client = await volumeClient(options)
    const keys = options.key.map((keyId) => ({ service: client.service, keyId }))
    const blockSize = options.blockSize === '65536' ? 65_536 : 4096
    const { suite, integrity = false, reverse = false } = options
    const header = await initVolume({ directory: resolve(directory), keys, blockSize, suite, integrity, reverse })
    await bindVolume(options, header)
    printObject(headerRow(directory, header), options.json === true)
  })
}
