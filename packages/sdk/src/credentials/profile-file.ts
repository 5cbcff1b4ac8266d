import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from './credentials.ts'

/** The credentials file that AWS's tools share: AWS_SHARED_CREDENTIALS_FILE, or `~/.aws/credentials`. */
export const sharedCredentialsFile = (env: NodeJS.ProcessEnv): string =>
  env.AWS_SHARED_CREDENTIALS_FILE ?? join(env.HOME ?? homedir(), '.aws', 'credentials')

/** The credentials of one profile of the shared file; null when it has none, or can't be read. */
export const profileCredentials = async (env: NodeJS.ProcessEnv, profile: string): Promise<Credentials | null> =>
  readProfile(await readFile(sharedCredentialsFile(env), 'utf8').catch(() => ''), profile)

/** The credentials of one profile in the text of a shared credentials file, or null. */
export function readProfile(text: string, profile: string): Credentials | null {
  const settings = new Map<string, string>()
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line) ?? []
    if (header !== undefined) section = header
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/.exec(line) ?? []
    if (section === profile && name !== undefined && value !== undefined) settings.set(name, value)
  }
  const accessKeyId = settings.get('aws_access_key_id')
  const secretAccessKey = settings.get('aws_secret_access_key')
  if (accessKeyId === undefined || secretAccessKey === undefined) return null
  const sessionToken = settings.get('aws_session_token')
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}
