import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { writeWholeFile } from './whole-file.ts'

const schema = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  region: z.string().min(1),
  kmsEndpoint: z.url(),
  s3Endpoint: z.url().optional(),
  consoleUrl: z.url().optional(),
  /** The certificate, in PEM, of the authority that signed the KMS's, where it is its own. */
  caFile: z.string().optional(),
})

/** What a start writes for those who use the system: the root user's credentials, and where everything is. */
export type SystemCredentials = z.infer<typeof schema>

export const credentialsFile = (data: string): string => join(data, 'credentials.json')

/** Durable and whole or not at all; readable by its owner alone. */
export const writeCredentials = (data: string, credentials: SystemCredentials): Promise<void> =>
  writeWholeFile(credentialsFile(data), `${JSON.stringify(credentials, null, 2)}\n`, 0o600)

/** Throws `CliError` where there is none or it can not be read. */
export async function readCredentials(file: string): Promise<SystemCredentials> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw unreadable(`can not read the credentials of a running hufu in ${file}: ${cause.code}`, cause)
  })
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw unreadable(`expected the credentials of a Hufu in ${file}`, cause)
  }
}

const unreadable = (message: string, cause: unknown): CliError =>
  new CliError(
    exitCode.unavailable,
    message,
    'start one with: hufu up; or name its data directory of a running hufu with --data or HUFU_DATA, or give --endpoint and AWS_ACCESS_KEY_ID',
    { cause },
  )
