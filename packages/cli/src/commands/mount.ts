import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { SystemOptions } from '../system/connect.ts'
import { untilStopped } from '../up/until-stopped.ts'
import { inBackground, tellParent } from '../volume/background.ts'
import { volumeClient, volumeOptions } from '../volume/volume-client.ts'

interface MountOptions extends SystemOptions {
  readonly foreground?: boolean
  readonly readOnly?: boolean
  readonly allowOther?: boolean
  readonly onRevoke: 'deny' | 'unmount'
  readonly lease: string
}

export function mountCommand(): Command {
  const command = new Command('mount')
    .description('show a volume in clear at a directory')
    .argument('<DIR>', 'the directory of its ciphertext')
    .argument('<MOUNTPOINT>', 'an empty directory')
    .option('-f, --foreground', 'stay, until told to stop or unmounted')
    .option('--read-only', 'change nothing')
    .option('--allow-other', 'let other users in, as far as modes allow')
    .addOption(
      new Option(
        '--on-revoke <WHAT>',
        'when the key may no longer be used: deny every access until it may again, or unmount',
      )
        .choices(['deny', 'unmount'])
        .default('deny'),
    )
    .option('--lease <SECONDS>', 'how long to go on while the KMS is away', '300')
  return volumeOptions(command).action(mount)
}

async function mount(directory: string, mountpoint: string, options: MountOptions): Promise<void> {
  if (options.foreground !== true) return inBackground(['mount', '--foreground', ...process.argv.slice(3)])
  const { mountVolume } = await import('@hufu/fuse')
  await using client = await volumeClient(options)
  const stopped = untilStopped()
  const mounted = await mountVolume({
    directory: resolve(directory),
    mountpoint: resolve(mountpoint),
    services: [client.service],
    events: client.events,
    readOnly: options.readOnly === true,
    allowOther: options.allowOther === true,
    onRevoke: options.onRevoke,
    leaseMilliseconds: Number(options.lease) * 1000,
    onChange: (message) => console.error(`hufu: ${mountpoint}: ${message}`),
  })
  tellParent(`${mounted.mountpoint} shows ${directory}`)
  await Promise.race([stopped.then(() => mounted.unmount(true)), mounted.ended])
  await mounted.ended
}
