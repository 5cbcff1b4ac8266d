import { Command, InvalidArgumentError } from 'commander'
import { type KeyOptions, readAuditKey } from '../../audit/audit-key.ts'
import { makeProof } from '../../audit/proof.ts'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'

interface ProveOptions extends KeyOptions {
  readonly log: number
  readonly index?: number
  readonly from?: number
}

/** One record's, or one older checkpoint's, place in a log, for somebody who does not get to see the rest. */
export function proveCommand(): Command {
  return new Command('prove')
    .description('print a proof from an export: that it has a record, or that it only grew since a checkpoint')
    .argument('<FILE>', 'what hufu audit export wrote')
    .option('--log <NUMBER>', 'the log', integer, 1)
    .option('--index <NUMBER>', 'of the record', integer)
    .option('--from <SIZE>', 'of the older checkpoint', integer)
    .option('--public-key <PEM>', 'the key of the audit; that of the data directory unless told')
    .option('--data <DIR>', 'the data directory (HUFU_DATA), .hufu unless told')
    .action(async (file: string, options: ProveOptions) => {
      if ((options.index === undefined) === (options.from === undefined))
        throw new CliError(
          exitCode.usage,
          'expected a record or an older checkpoint',
          'add --index NUMBER or --from SIZE',
        )
      console.log(JSON.stringify(await makeProof(file, options, await readAuditKey(options))))
    })
}

function integer(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a number')
  return Number(text)
}
