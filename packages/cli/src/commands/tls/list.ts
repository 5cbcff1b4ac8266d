import { Command } from 'commander'
import { printList } from '../../output/result.ts'
import { IssuedCertificates } from '../../up/tls/issued-certificates.ts'
import { type AuthorityOptions, authorityData, authorityOptions } from './authority-options.ts'

export const listCommand = (): Command =>
  authorityOptions(
    new Command('list').description('the certificates that were issued, those that end first before others'),
  ).action(async (options: AuthorityOptions) => {
    const issued = await new IssuedCertificates(authorityData(options)).list()
    const rows = issued.map((one) => ({ ...one }))
    printList(rows, ['serial', 'user', 'from', 'to', 'revoked'], options.json === true)
  })
