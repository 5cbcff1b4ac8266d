import { type FileHandle, open } from 'node:fs/promises'
import type { ApiClient } from '@hufu/sdk'
import { Command } from 'commander'
import { z } from 'zod'
import { nextIndexes } from '../../audit/next-index.ts'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'

interface ExportOptions extends SystemOptions {
  readonly output?: string
  readonly resume?: boolean
}

const begun = z.object({
  Line: z.string(),
  Logs: z.array(z.object({ Log: z.number(), From: z.number(), Size: z.number() })),
})
const read = z.object({ Lines: z.array(z.string()) })

type Write = (lines: readonly string[]) => Promise<void>

/** Everything up to now, with the checkpoints that prove it. */
export function exportCommand(): Command {
  return systemOptions(new Command('export').description('the whole audit as JSON lines that prove themselves'))
    .option('-o, --output <FILE>', 'a new file instead of the standard output')
    .option('--resume', 'append to the file what has been recorded since')
    .action(async (options: ExportOptions) => {
      const { output, resume } = options
      if (resume === true && output === undefined)
        throw new CliError(exitCode.usage, 'expected the file to go on with', 'add --output FILE')
      const next = resume === true && output !== undefined ? await nextIndexes(output) : new Map<number, number>()
      await withApi('aws', options, (api) => writing(output, resume === true, (write) => exportAll(api, next, write)))
    })
}

async function exportAll(api: ApiClient, next: ReadonlyMap<number, number>, write: Write): Promise<void> {
  const { Line, Logs } = begun.parse(await api.call('HufuService.BeginAuditExport', {}))
  await write([Line])
  for (const { Log, From, Size } of Logs) {
    let at = next.get(Log) ?? From
    if (at < From)
      throw new CliError(
        exitCode.state,
        `records ${at} to ${From - 1} of log ${Log} were cut off`,
        'export into a new file',
      )
    do {
      const { Lines } = read.parse(await api.call('HufuService.ReadAuditExport', { Log, From: at, To: Size }))
      const known = next.has(Log) && at === next.get(Log)
      await write(known ? Lines.filter((line) => !line.startsWith('{"cut"')) : Lines)
      at += Lines.filter((line) => line.startsWith('{"hash"')).length
    } while (at < Size)
  }
}

async function writing(
  output: string | undefined,
  resume: boolean,
  work: (write: Write) => Promise<void>,
): Promise<void> {
  if (output === undefined) return work(async (lines) => void process.stdout.write(text(lines)))
  const file: FileHandle = await open(output, resume ? 'a' : 'wx', 0o600).catch((cause) => {
    throw new CliError(exitCode.usage, `can not write ${output}: ${cause.code}`, 'name a new file, or add --resume', {
      cause,
    })
  })
  try {
    await work(async (lines) => void (await file.appendFile(text(lines))))
    await file.sync()
  } finally {
    await file.close()
  }
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
