import { resolve } from 'node:path'
import { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { iamCall } from '../../identity/iam-call.ts'
import { printObject } from '../../output/result.ts'
import { dataDirectory } from '../../system/data-directory.ts'
import type { CertifiedUser } from '../../up/tls/issue-certificate.ts'
import { type AuthorityOptions, authorityOptions } from './authority-options.ts'

interface IssueOptions extends AuthorityOptions {
  readonly out: string
  readonly days: string
}

const DAYS_MAX = 3_650

export const issueCommand = (): Command =>
  authorityOptions(new Command('issue').description('a certificate by which a user proves itself to the KMS'))
    .argument('<USER>', 'its ARN, or its name, which the running system is asked for')
    .requiredOption('--out <DIR>', 'where NAME.pem and NAME-key.pem are written')
    .option('--days <COUNT>', 'how long it is good for', '90')
    .action(async (named: string, options: IssueOptions) => {
      const days = daysOf(options.days)
      const data = dataDirectory(options.data)
      const user = userOf(named) ?? (await askedFor(named, data))
      // Who makes certificates is loaded only here.
      const { issueCertificate } = await import('../../up/tls/issue-certificate.ts')
      printObject({ ...(await issueCertificate(data, user, days, resolve(options.out))) }, options.json === true)
    })

function daysOf(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= DAYS_MAX) return Number(text)
  throw new CliError(exitCode.usage, `expected 1 to ${DAYS_MAX} days, received ${text}`, 'write it like --days 90')
}

/** Null for a bare name. Throws `CliError` for the ARN of what is no user. */
function userOf(named: string): CertifiedUser | null {
  if (!named.startsWith('arn:')) return null
  const [arn, name] = /^arn:aws:iam::\d{12}:user\/(?:[\x21-\x2e\x30-\x7e]+\/)*([\w+=,.@-]{1,64})$/.exec(named) ?? []
  if (arn !== undefined && name !== undefined) return { arn, name }
  const hint = 'root, groups, roles and sessions have no certificates; hufu user list shows who may have one'
  throw new CliError(exitCode.usage, `expected the ARN of a user, received ${named}`, hint)
}

async function askedFor(name: string, data: string): Promise<CertifiedUser> {
  const { User } = await iamCall({ data }, 'GetUser', { UserName: name })
  return { name, arn: String((User as Record<string, unknown>).Arn) }
}
