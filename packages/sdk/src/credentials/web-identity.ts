import { readFile } from 'node:fs/promises'
import { type ErrorCode, HufuError } from '@hufu/wire'
import { Connection, type HttpAnswer } from '../http/connection.ts'
import { retrying } from '../http/retry.ts'
import { wireError } from '../wire/wire-error.ts'
import type { CredentialsProvider } from './credentials.ts'
import { refreshed, type Temporary } from './refreshed.ts'

export interface WebIdentityOptions {
  /** Of the STS: a Hufu's own, or AWS's. */
  readonly endpoint: string
  /** The role to act as. */
  readonly roleArn: string
  /** Holds the token of an OpenID Connect issuer; read again at every renewal, for whoever gave it renews it. */
  readonly tokenFile: string
  /** What the audit calls the session: `hufu-sdk` unless told. */
  readonly sessionName?: string
  /** PEM of the certificate authorities to trust instead of the system's; of the file that HUFU_CA names unless told. */
  readonly ca?: string
  readonly clock?: () => number
}

const VERSION = '2011-06-15'
const ATTEMPTS = 3
const DEADLINE = 10_000

/** Credentials of a role, given for a token in a file (AssumeRoleWithWebIdentity), renewed before they end. */
export const webIdentity = (options: WebIdentityOptions): CredentialsProvider =>
  refreshed(() => assumeRole(options), options.clock)

async function assumeRole(options: WebIdentityOptions): Promise<Temporary> {
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: VERSION,
    RoleArn: options.roleArn,
    RoleSessionName: options.sessionName ?? 'hufu-sdk',
    WebIdentityToken: await readToken(options.tokenFile),
  })
  const connection = new Connection({ ...options, connections: 1 })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const request = { method: 'POST' as const, path: '/', headers, body: form.toString() }
  try {
    return await retrying({ attempts: ATTEMPTS, waits: true, deadline: DEADLINE }, async (signal) =>
      readAnswer(await connection.send(request, signal)),
    )
  } finally {
    await connection.close()
  }
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new HufuError('MissingAuthentication', `expected a web identity token in ${file}`, { cause })
  })
  return text.trim()
}

/** The answer is XML, whose few texts that count have no markup in them. */
function readAnswer({ status, body: bytes }: HttpAnswer): Temporary {
  const body = bytes.toString()
  const text = (name: string): string => new RegExp(`<${name}>\\s*([^<]+?)\\s*</${name}>`).exec(body)?.[1] ?? ''
  if (status !== 200 && text('Code') !== '') throw refusal(text('Code'), text('Message'))
  const [accessKeyId, secretAccessKey] = [text('AccessKeyId'), text('SecretAccessKey')]
  const [sessionToken, expiresAt] = [text('SessionToken'), Date.parse(text('Expiration'))]
  if (status === 200 && accessKeyId !== '' && secretAccessKey !== '' && sessionToken !== '' && !Number.isNaN(expiresAt))
    return { credentials: { accessKeyId, secretAccessKey, sessionToken }, expiresAt }
  throw new HufuError('Unavailable', `expected credentials from an STS, received HTTP status ${status}`)
}

/** The names that STS has for what the KMS calls otherwise. */
const codes: Readonly<Record<string, ErrorCode>> = {
  AccessDenied: 'AccessDenied',
  ExpiredToken: 'SessionExpired',
  ExpiredTokenException: 'SessionExpired',
  InvalidIdentityToken: 'WebIdentityInvalid',
}

const refusal = (name: string, message: string): HufuError => wireError('aws', name, message, codes[name])

/** As AWS's tools are told: the token's file and the role; null without them.. */
export function webIdentityOf(env: NodeJS.ProcessEnv, clock: () => number): CredentialsProvider | null {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn, AWS_ROLE_SESSION_NAME: sessionName } = env
  if (!tokenFile || !roleArn) return null
  const endpoint = env.AWS_ENDPOINT_URL_STS || env.AWS_ENDPOINT_URL || env.HUFU_ENDPOINT
  if (!endpoint)
    return async () => {
      throw new HufuError('MissingAuthentication', 'expected where the STS is in AWS_ENDPOINT_URL_STS or HUFU_ENDPOINT')
    }
  return webIdentity({ endpoint, roleArn, tokenFile, clock, ...(sessionName ? { sessionName } : {}) })
}
