import type { Hufu, RewrapOptions as Recipients } from '@hufu/sdk'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { Progress } from '../output/progress.ts'
import { type ClientOptions, clientOptions, withClient } from '../sealed/client.ts'
import { interruptible } from '../sealed/interrupt.ts'
import { addContext, addTo } from '../sealed/repeated-options.ts'
import type { RewrapObjectsOptions } from '../sealed/rewrap-objects.ts'

interface RewrapOptions extends ClientOptions, RewrapObjectsOptions {
  readonly key?: readonly string[]
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  readonly context?: Record<string, string>
}

export function rewrapCommand(): Command {
  const command = new Command('rewrap')
    .description('change who can open sealed files or S3 objects, without touching what they hold')
    .argument('<PLACE...>', 'sealed files, each replaced when its new header is whole; or s3://BUCKET/PREFIX')
    .option('-k, --key <KEY>', 'the keys that shall open it, instead of all that do now; may be repeated', addTo)
    .option('--add <KEY>', 'a key that shall open it too; may be repeated', addTo)
    .option('--remove <KEY>', 'a recipient that shall not any more, as inspect names it; may be repeated', addTo)
    .option('-c, --context <NAME=VALUE>', 'what it was sealed with; may be repeated', addContext)
    .option(
      '--s3-endpoint <URL>',
      "where the objects are, with the AWS tools' credentials; the proxy of hufu unless told",
    )
    .addOption(
      new Option(
        '--layer <LAYER>',
        'what of the objects: what the proxy keeps with them, or sealed messages in them',
      ).choices(['envelope', 'message']),
    )
  return clientOptions(command).action(rewrap)
}

async function rewrap(places: readonly string[], options: RewrapOptions): Promise<void> {
  const recipients = recipientsOf(options)
  await interruptible((signal) =>
    withClient(options, async (hufu) => {
      for (const place of places)
        if (place.startsWith('s3://')) await rewrapIn(hufu, place, { ...recipients, signal }, options)
        else await rewrapFile(hufu, place, { ...recipients, signal })
    }),
  )
}

async function rewrapFile(hufu: Hufu, file: string, recipients: Recipients): Promise<void> {
  const progress = new Progress(`rewrap ${file}`, null)
  await hufu.rewrapFile(file, { ...recipients, onProgress: progress.at }).finally(() => progress.end())
}

/** The S3 client is loaded only where it is needed. */
async function rewrapIn(
  hufu: Hufu,
  url: string,
  recipients: Recipients & { readonly signal: AbortSignal },
  options: RewrapObjectsOptions,
): Promise<void> {
  const { rewrapObjects } = await import('../sealed/rewrap-objects.ts')
  await rewrapObjects(hufu, url, recipients, options)
}

function recipientsOf({ key: keys, add, remove, context = {} }: RewrapOptions): Recipients {
  if (keys !== undefined && add === undefined && remove === undefined) return { context, keys }
  if (keys === undefined && (add ?? remove) !== undefined)
    return { context, ...(add === undefined ? {} : { add }), ...(remove === undefined ? {} : { remove }) }
  throw new CliError(exitCode.usage, 'expected either -k, or --add and --remove', 'see: hufu rewrap --help')
}
