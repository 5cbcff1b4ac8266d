import { readFile } from 'node:fs/promises'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** The text of a policy's file. Throws `CliError`. */
export const readDocument = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause) => {
    const why = cause.code === 'ENOENT' ? 'there is none' : cause.message
    const hint = 'write the policy into a file: docs/policies.md has examples'
    throw new CliError(exitCode.usage, `expected a file with a policy, received ${file}: ${why}`, hint, { cause })
  })
