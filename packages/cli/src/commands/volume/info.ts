import { resolve } from 'node:path'
import { Command } from 'commander'
import { printObject } from '../../output/result.ts'
import { headerRow } from '../../volume/header-row.ts'

export const infoCommand = (): Command =>
  new Command('info')
    .description('what a volume is, and which keys open it')
    .argument('<DIR>', 'the directory of its ciphertext')
    .option('--json', 'print JSON')
    .action(async (directory: string, { json }: { readonly json?: boolean }) => {
      const { headerName, readHeader, readMountState } = await import('@hufu/fuse')
      const { header } = await readHeader(resolve(directory), await headerName(resolve(directory)))
      const mounted = readMountState(resolve(directory))
      const state = mounted && {
        mountpoint: mounted.mountpoint,
        server: mounted.pid,
        lease: mounted.lease,
        since: mounted.since,
        ...(mounted.lease === 'unreachable' && { leaseEnds: mounted.leaseEnds }),
      }
      printObject({ ...headerRow(directory, header), ...state }, json === true)
    })
