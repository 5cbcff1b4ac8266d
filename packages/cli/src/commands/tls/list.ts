import { Command } from 'commander'
import { printList } from '../../output/result.ts'
import { dataDirectory } from '../../system/data-directory.ts'
import { IssuedCertificates } from '../../up/tls/issued-certificates.ts'
import { type AuthorityOptions, authorityOptions } from './authority-options.ts'

export const listCommand = (): Command =>
  authorityOptions(
    new Command('list').description('the certificates that were issued, those that end first before others'),
  ).action(async (options: AuthorityOptions) => {
    const issued = await new IssuedCertificates(dataDirectory(options.data)).list()
    const rows = issued.map((one) => ({ ...one }))
    printList(rows, ['serial', 'user', 'from', 'to', 'revoked'], options.json === true)
  })
