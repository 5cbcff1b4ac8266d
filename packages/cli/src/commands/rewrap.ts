import type { RewrapOptions as Recipients } from '@hufu/sdk'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { Progress } from '../output/progress.ts'
import { type ClientOptions, clientOptions, withClient } from '../sealed/client.ts'
import { interruptible } from '../sealed/interrupt.ts'
import { addContext, addTo } from '../sealed/repeated-options.ts'

interface RewrapOptions extends ClientOptions {
  readonly key?: readonly string[]
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  readonly context?: Record<string, string>
}

export function rewrapCommand(): Command {
  const command = new Command('rewrap')
    .description('change who can open sealed files, without touching what they hold')
    .argument('<FILE...>', 'sealed files, each replaced when its new header is whole')
    .option('-k, --key <KEY>', 'the keys that shall open it, instead of all that do now; may be repeated', addTo)
    .option('--add <KEY>', 'a key that shall open it too; may be repeated', addTo)
    .option('--remove <KEY>', 'a recipient that shall not any more, as inspect names it; may be repeated', addTo)
    .option('-c, --context <NAME=VALUE>', 'what it was sealed with; may be repeated', addContext)
  return clientOptions(command).action(rewrap)
}

async function rewrap(files: readonly string[], options: RewrapOptions): Promise<void> {
  const recipients = recipientsOf(options)
  await interruptible((signal) =>
    withClient(options, async (hufu) => {
      for (const file of files) {
        const progress = new Progress(`rewrap ${file}`, null)
        await hufu.rewrapFile(file, { ...recipients, signal, onProgress: progress.at }).finally(() => progress.end())
      }
    }),
  )
}

function recipientsOf({ key: keys, add, remove, context = {} }: RewrapOptions): Recipients {
  if (keys !== undefined && add === undefined && remove === undefined) return { context, keys }
  if (keys === undefined && (add ?? remove) !== undefined)
    return { context, ...(add === undefined ? {} : { add }), ...(remove === undefined ? {} : { remove }) }
  throw new CliError(exitCode.usage, 'expected either -k, or --add and --remove', 'see: hufu rewrap --help')
}
