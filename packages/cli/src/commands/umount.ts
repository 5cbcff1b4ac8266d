import { resolve } from 'node:path'
import { Command } from 'commander'

export const umountCommand = (): Command =>
  new Command('umount')
    .description('unmount a volume, of a server that died too')
    .argument('<MOUNTPOINT>', 'where it is mounted')
    .option('--lazy', 'detach it now, though files of it are open')
    .action(async (mountpoint: string, { lazy }: { readonly lazy?: boolean }) => {
      const { unmountVolume } = await import('@hufu/fuse')
      await unmountVolume(resolve(mountpoint), lazy === true)
    })
