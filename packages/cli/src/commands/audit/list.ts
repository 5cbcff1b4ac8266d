import { Command } from 'commander'
import { z } from 'zod'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { camelCase } from '../../output/camel-case.ts'
import { printList, type Row } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'

interface ListOptions extends SystemOptions {
  readonly key?: string
  readonly action?: string
  readonly principal?: string
  readonly outcome?: string
  readonly source?: string
  readonly request?: string
  readonly since?: string
  readonly until?: string
  readonly limit: string
}

const listed = z.object({ Records: z.array(z.looseObject({ At: z.number(), Sequence: z.number() })) })

/** The newest records, in the order in which they happened. */
export function listCommand(): Command {
  return systemOptions(new Command('list').description('who did what to which key, from where, with what outcome'))
    .option('--key <KEY>', 'only of this key: its id, its ARN or alias/NAME')
    .option('--action <NAME>', 'only of this action: Decrypt, CreateKey …')
    .option('--principal <ARN>', 'only by this principal')
    .option('--outcome <CODE>', 'only with this outcome: ok, or an error code')
    .option('--source <ADDRESS>', 'only from this address')
    .option('--request <ID>', 'only the request of this id')
    .option('--since <TIME>', 'only from this time on, ISO 8601')
    .option('--until <TIME>', 'only before this time, ISO 8601')
    .option('--limit <COUNT>', 'the newest so many, at most 1000', '100')
    .action(async (options: ListOptions) => {
      checkPrincipal(options.principal)
      const { key, action, principal, outcome, source, request, since, until, limit } = options
      const filter = {
        Key: key,
        Action: action,
        Principal: principal,
        Outcome: outcome,
        SourceIp: source,
        RequestId: request,
        From: seconds(since),
        To: seconds(until),
        Limit: Number(limit),
      }
      const answer = await withApi('aws', options, (api) => api.call('HufuService.ListAuditRecords', filter))
      printList(listed.parse(answer).Records.map(row).reverse(), columns, options.json === true)
    })
}

/** Records name principals by their ARNs, and who needs no signature `anonymous`: any other name would find nothing. */
function checkPrincipal(principal: string | undefined): void {
  if (principal === undefined || principal === 'anonymous' || principal.startsWith('arn:')) return
  const hint = `hufu user show ${principal} tells the ARN of a user`
  throw new CliError(exitCode.usage, `expected the ARN of a principal, received ${principal}`, hint)
}

const columns = ['at', 'principal', 'action', 'key', 'sourceIp', 'via', 'outcome']

const row = ({ At, ...record }: { At: number }): Row => ({
  at: new Date(At * 1000).toISOString(),
  ...(camelCase(record) as Row),
})

function seconds(time: string | undefined): number | undefined {
  if (time === undefined) return undefined
  const at = Date.parse(time)
  if (Number.isNaN(at))
    throw new CliError(exitCode.usage, `expected a time, received ${time}`, 'write it like 2026-01-01T12:00:00Z')
  return at / 1000
}
