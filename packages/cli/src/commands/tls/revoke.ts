import { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { printObject } from '../../output/result.ts'
import { dataDirectory } from '../../system/data-directory.ts'
import { IssuedCertificates } from '../../up/tls/issued-certificates.ts'
import { serialOf } from '../../up/tls/revoked-serials.ts'
import { type AuthorityOptions, authorityOptions } from './authority-options.ts'

export const revokeCommand = (): Command =>
  authorityOptions(
    new Command('revoke').description('take a certificate back: it proves nothing any more, within a second'),
  )
    .argument('<SERIAL>', 'its serial number in hex')
    .action(async (serial: string, options: AuthorityOptions) => {
      const revoked = await new IssuedCertificates(dataDirectory(options.data)).revoke(checked(serial))
      printObject({ ...revoked }, options.json === true)
    })

function checked(serial: string): string {
  try {
    return serialOf(serial)
  } catch (cause) {
    throw new CliError(exitCode.usage, String((cause as Error).message), 'hufu tls list shows the serial numbers', {
      cause,
    })
  }
}
