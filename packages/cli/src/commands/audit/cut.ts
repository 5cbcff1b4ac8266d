import { Command } from 'commander'
import { z } from 'zod'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { printList } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'

const answered = z.object({ Cuts: z.array(z.object({ Log: z.number(), Size: z.number() })) })

/** Retention: what is left begins with a signed cut, and is proven like before. */
export function cutCommand(): Command {
  return systemOptions(new Command('cut').description('remove the records that were signed before a time'))
    .requiredOption('--before <TIME>', 'ISO 8601: 2026-01-01, 2026-01-01T12:00:00Z')
    .action(async ({ before, ...options }: SystemOptions & { readonly before: string }) => {
      const at = Date.parse(before)
      if (Number.isNaN(at))
        throw new CliError(exitCode.usage, `expected a time, received ${before}`, '--before 2026-01-01')
      const answer = await withApi('aws', options, (api) =>
        api.call('HufuService.CutAudit', { Before: at / 1000 }, { changes: true }),
      )
      const cuts = answered.parse(answer).Cuts.map(({ Log, Size }) => ({ log: Log, removedBefore: Size }))
      printList(cuts, ['log', 'removedBefore'], options.json === true)
    })
}
