import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'

/** PEM of the certificate authorities in the file that a flag names. Throws `CliError`. */
export async function readCa(file: string, flag: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    const message = `can not read a CA's certificate from ${file}: ${why(cause)}`
    throw new CliError(exitCode.cannotStart, message, `name a readable PEM file: ${flag} FILE`, { cause })
  }
}

const why = (cause: unknown): string =>
  cause instanceof Error && 'syscall' in cause && 'code' in cause ? String(cause.code) : 'it is not PEM'
