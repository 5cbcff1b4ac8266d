import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { show } from '../../identity/print.ts'
import { queryCall } from '../../identity/query-call.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'
import { findSystem, type System } from '../../system/find-system.ts'

interface AssumeOptions extends SystemOptions {
  readonly session: string
  readonly duration?: string
  readonly externalId?: string
}

const answer = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
    Expiration: z.string(),
  }),
  AssumedRoleUser: z.object({ Arn: z.string() }),
})

/** Temporary credentials of a role, as lines for a shell: every command then acts as the role. */
export const assumeCommand = (): Command =>
  systemOptions(new Command('assume').description('temporary credentials of a role, as lines for a shell'))
    .argument('<ROLE>', 'its ARN or name')
    .option('--session <NAME>', 'what the audit calls the session', 'hufu-cli')
    .option('--duration <SECONDS>', 'how long they last, from 900 on', seconds)
    .option('--external-id <ID>', 'what the role asks for where it is for others')
    .action(async (role: string, options: AssumeOptions) => {
      const system = await findSystem(options)
      const { Credentials, AssumedRoleUser } = answer.parse(
        await queryCall(system, 'sts', 'AssumeRole', {
          RoleArn: await roleArn(system, role),
          RoleSessionName: options.session,
          DurationSeconds: options.duration,
          ExternalId: options.externalId,
        }),
      )
      if (options.json === true) return show(options, { ...Credentials, Arn: AssumedRoleUser.Arn })
      process.stdout.write(forShell(system, Credentials))
    })

function forShell({ kmsEndpoint, caFile }: System, credentials: z.infer<typeof answer>['Credentials']): string {
  const variables = {
    AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: credentials.SessionToken,
    HUFU_ENDPOINT: kmsEndpoint,
    ...(caFile === undefined ? {} : { HUFU_CA: caFile }),
  }
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('')
}

/** One word of a shell, whatever a server or a path has in it (POSIX 2.2.2). */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Who may assume a role may not always look it up: a name is one of the caller's account, without a path. */
async function roleArn(system: System, named: string): Promise<string> {
  if (named.startsWith('arn:')) return named
  const { Account } = await queryCall(system, 'sts', 'GetCallerIdentity')
  return `arn:aws:iam::${Account}:role/${named}`
}

function seconds(text: string): string {
  if (/^\d{1,6}$/.test(text)) return text
  throw new InvalidArgumentError('expected seconds.')
}
