import { HufuError } from '@hufu/wire'
import type { Credentials, CredentialsProvider } from './credentials.ts'
import { readDataDirectory } from './data-directory.ts'
import { profileCredentials, sharedCredentialsFile } from './profile-file.ts'
import { webIdentityOf } from './web-identity.ts'

export interface ChainOptions {
  /** The data directory of a Hufu on this machine: HUFU_DATA, or `.hufu`, unless told. */
  readonly data?: string
  /** The profile of the credentials file: AWS_PROFILE, or `default`, unless told. */
  readonly profile?: string
  readonly env?: NodeJS.ProcessEnv
  readonly clock?: () => number
}

/** Milliseconds after which credentials are looked up again: files are replaced when keys are. */
const LIFE = 60_000

/**
 * The first credentials found: in the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or TENCENTCLOUD_SECRET_ID and
 * TENCENTCLOUD_SECRET_KEY), for a web identity (AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, renewed before they end), in
 * the credentials file that AWS's tools share (AWS_SHARED_CREDENTIALS_FILE, or `~/.aws/credentials`), in the data
 * directory. Looked up again every minute. Throws `MissingAuthentication`.
 */
export function credentialsChain({
  env = process.env,
  clock = Date.now,
  ...where
}: ChainOptions = {}): CredentialsProvider {
  const web = webIdentityOf(env, clock)
  let found: { readonly credentials: Promise<Credentials>; readonly at: number } | null = null
  return () => {
    if (found === null || clock() - found.at >= LIFE) {
      const credentials = find(env, web, where)
      found = { credentials, at: clock() }
      credentials.catch(() => (found = null))
    }
    return found.credentials
  }
}

async function find(
  env: NodeJS.ProcessEnv,
  web: CredentialsProvider | null,
  where: Pick<ChainOptions, 'data' | 'profile'>,
): Promise<Credentials> {
  const profile = where.profile ?? env.AWS_PROFILE ?? 'default'
  const found =
    awsCredentials(env) ??
    tencentCredentials(env) ??
    (await web?.()) ??
    (await profileCredentials(env, profile)) ??
    (await readDataDirectory(where.data ?? env.HUFU_DATA ?? '.hufu'))
  if (found !== null) return found
  throw new HufuError(
    'MissingAuthentication',
    `expected credentials in the environment, as profile ${profile} of ${sharedCredentialsFile(env)}, or in a data directory`,
  )
}

/** Those of AWS's variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where they are temporary, AWS_SESSION_TOKEN. */
export const awsCredentials = (env: NodeJS.ProcessEnv): Credentials | null =>
  credentials(env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN)

const tencentCredentials = (env: NodeJS.ProcessEnv): Credentials | null =>
  credentials(env.TENCENTCLOUD_SECRET_ID, env.TENCENTCLOUD_SECRET_KEY, env.TENCENTCLOUD_TOKEN)

function credentials(
  id: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): Credentials | null {
  if (!id || !secret) return null
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) }
}
