import { readFile } from 'node:fs/promises'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import type { Settings } from '../settings.ts'

/** Certificate and key in PEM, or null for a KMS without TLS. */
export async function givenTls({ tlsCert, tlsKey }: Pick<Settings, 'tlsCert' | 'tlsKey'>) {
  if (tlsCert === undefined && tlsKey === undefined) return null
  if (tlsCert === undefined || tlsKey === undefined)
    throw new CliError(
      exitCode.usage,
      'expected a certificate and its key',
      'give both: --tls-cert FILE --tls-key FILE',
    )
  return { cert: await read(tlsCert), key: await read(tlsKey) }
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause) => {
    throw new CliError(exitCode.cannotStart, `can not read ${file}: ${cause.code}`, 'name readable PEM files', {
      cause,
    })
  })
