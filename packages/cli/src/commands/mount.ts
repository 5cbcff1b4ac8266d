import { resolve } from 'node:path'
import type { OnRevoke } from '@hufu/fuse'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import type { SystemOptions } from '../system/connect.ts'
import { untilStopped } from '../up/until-stopped.ts'
import { ANCHORS_OPTION, anchorsFolder } from '../volume/anchors.ts'
import { dropQuietLog, inBackground, tellParent } from '../volume/background.ts'
import { volumeClient, volumeOptions } from '../volume/volume-client.ts'

interface MountOptions extends SystemOptions {
  readonly foreground?: boolean
  readonly readOnly?: boolean
  readonly allowOther?: boolean
  readonly reverse?: boolean
  readonly onRevoke: OnRevoke
  readonly lease: string
  readonly idle: string
  readonly anchors?: string
}

export function mountCommand(): Command {
  const command = new Command('mount')
    .description('show a volume in clear at a directory')
    .argument('<DIR>', 'the directory of its ciphertext; with --reverse a plain one')
    .argument('<MOUNTPOINT>', 'an empty directory')
    .option('-f, --foreground', 'stay, until told to stop or unmounted')
    .option('--read-only', 'change nothing')
    .option('--reverse', 'show a plain directory encrypted, for backups; made for it by: hufu volume init --reverse')
    .option('--allow-other', 'let other users in, as far as modes allow')
    .addOption(
      new Option(
        '--on-revoke <WHAT>',
        'while the key may not be used: deny every access, unmount, refuse only what opens anew, or be read-only',
      )
        .choices(['deny', 'unmount', 'refuse-opens', 'read-only'])
        .default('deny'),
    )
    .option('--lease <SECONDS>', 'how long to go on while the KMS is away', '300')
    .option('--idle <SECONDS>', 'unmount when nobody has used it for so long; 0: never', '0')
    .option(...ANCHORS_OPTION)
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
    reverse: options.reverse === true,
    onRevoke: options.onRevoke,
    leaseMilliseconds: milliseconds('--lease', options.lease),
    anchors: anchorsFolder(options.anchors),
    idleMilliseconds: milliseconds('--idle', options.idle),
    onLog: (line) => console.error(`hufu: ${mountpoint}: ${line}`),
    onChange: (message) => console.error(`hufu: ${mountpoint}: ${message}`),
  })
  tellParent(`${mounted.mountpoint} shows ${directory}`)
  await Promise.race([stopped.then(() => mounted.unmount(true)), mounted.ended])
  await mounted.ended
  dropQuietLog()
}

function milliseconds(option: string, text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400 * 365) return seconds * 1000
  throw new CliError(exitCode.usage, `expected ${option} in seconds, received ${text}`, 'hufu mount --help')
}
