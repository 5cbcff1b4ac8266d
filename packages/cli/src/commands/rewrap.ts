import { type Hufu, type RewrapOptions as Recipients, sealedFile } from '@hufu/sdk'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { Progress } from '../output/progress.ts'
import { printObject } from '../output/result.ts'
import { type ClientOptions, clientOptions, withClient } from '../sealed/client.ts'
import { filesIn } from '../sealed/files-in.ts'
import { interruptible } from '../sealed/interrupt.ts'
import { untilCalledOff, writeOut } from '../sealed/pipe.ts'
import { sourceNamed } from '../sealed/places.ts'
import { addContext, addTo } from '../sealed/repeated-options.ts'
import type { RewrapObjectsOptions } from '../sealed/rewrap-objects.ts'
import { eachOf, Tally } from '../sealed/rewrap-tally.ts'

interface RewrapOptions extends ClientOptions, RewrapObjectsOptions {
  readonly key?: readonly string[]
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  readonly context?: Record<string, string>
}

type Called = Recipients & { readonly signal: AbortSignal }

export function rewrapCommand(): Command {
  const command = new Command('rewrap')
    .description('change who can open sealed files or S3 objects, without touching what they hold')
    .argument(
      '<PLACE...>',
      'sealed files, or directories of them, each replaced when its new header is whole; s3://BUCKET/PREFIX; - for a pipe',
    )
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
      for (const place of places) await rewrapPlace(hufu, place, { ...recipients, signal }, options)
    }),
  )
}

async function rewrapPlace(hufu: Hufu, place: string, recipients: Called, options: RewrapOptions): Promise<void> {
  if (place.startsWith('s3://')) return rewrapIn(hufu, place, recipients, options)
  const source = await sourceNamed(place)
  if (source.kind === 'file') return rewrapFile(hufu, source.path, recipients)
  if (source.kind === 'directory') return rewrapDirectory(hufu, source.path, recipients, options.json ?? false)
  const from = source.open()
  const { signal } = recipients
  await untilCalledOff(from, signal, async () => writeOut(await hufu.rewrap(from, recipients), signal))
}

async function rewrapFile(hufu: Hufu, file: string, recipients: Called): Promise<void> {
  const progress = new Progress(`rewrap ${file}`, null)
  await hufu.rewrapFile(file, { ...recipients, onProgress: progress.at }).finally(() => progress.end())
}

/** Files that have the recipients already are left, and one that fails is told of, as it is with objects. */
async function rewrapDirectory(hufu: Hufu, directory: string, recipients: Called, json: boolean): Promise<void> {
  const tally = new Tally(directory)
  await eachOf(filesIn(directory), (file) =>
    tally.count(file, hufu.rewrap(sealedFile(file), recipients), recipients.signal),
  ).finally(() => tally.end())
  printObject({ ...tally.counts }, json)
}

/** The S3 client is loaded only where it is needed. */
async function rewrapIn(hufu: Hufu, url: string, recipients: Called, options: RewrapObjectsOptions): Promise<void> {
  const { rewrapObjects } = await import('../sealed/rewrap-objects.ts')
  await rewrapObjects(hufu, url, recipients, options)
}

function recipientsOf({ key: keys, add, remove, context = {} }: RewrapOptions): Recipients {
  if (keys !== undefined && add === undefined && remove === undefined) return { context, keys }
  if (keys === undefined && (add ?? remove) !== undefined)
    return { context, ...(add === undefined ? {} : { add }), ...(remove === undefined ? {} : { remove }) }
  throw new CliError(exitCode.usage, 'expected either -k, or --add and --remove', 'see: hufu rewrap --help')
}
