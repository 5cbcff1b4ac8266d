import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NoteKey } from '@hufu/kms/audit'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { dataDirectory } from '../system/data-directory.ts'

/** Where a start writes the public key of the audit. */
export const auditKeyFile = (data: string): string => join(data, 'audit.pem')

export interface KeyOptions {
  readonly publicKey?: string
  readonly data?: string
}

/** The public key that is named, or that of the data directory. */
export async function readAuditKey({ publicKey, data }: KeyOptions): Promise<NoteKey> {
  const file = publicKey ?? auditKeyFile(dataDirectory(data))
  try {
    return NoteKey.fromPem(await readFile(file, 'utf8'))
  } catch (cause) {
    const hint = 'give the PEM file that hufu audit key printed: --public-key FILE'
    throw new CliError(exitCode.usage, `can not read a public key in ${file}`, hint, { cause })
  }
}
