import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CheckReport } from '@hufu/fuse'
import { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { Progress } from '../../output/progress.ts'
import { printObject } from '../../output/result.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { ANCHORS_OPTION, anchorsFolder } from '../../volume/anchors.ts'
import { volumeClient, volumeOptions } from '../../volume/volume-client.ts'

interface CheckOptions extends SystemOptions {
  readonly repair?: boolean
  readonly jobs?: string
  readonly accept?: boolean
  readonly anchors?: string
  readonly report?: string
}

export function checkCommand(): Command {
  const command = new Command('check')
    .description('verify every block, name, link and attribute of a volume, mounted or not')
    .argument('<DIR>', 'the directory of its ciphertext')
    .option('--repair', 'delete what crashes left, and turn bad blocks into zeros; not while it is mounted')
    .option(
      '--accept',
      'of a volume with integrity: take what is there as its present state, after a backup was put back',
    )
    .option(...ANCHORS_OPTION)
    .option('--jobs <COUNT>', 'files verified at once; twice the processors unless told')
    .option('--report <FILE>', 'write all that was found to a file, as JSON')
  return volumeOptions(command).action(check)
}

async function check(directory: string, options: CheckOptions): Promise<void> {
  const { acceptVolume, checkVolume } = await import('@hufu/fuse')
  await using client = await volumeClient(options)
  const anchors = anchorsFolder(options.anchors)
  if (options.accept === true)
    await acceptVolume({ directory: resolve(directory), services: [client.service], anchors })
  const progress = new Progress('checking', null)
  const report = await checkVolume({
    directory: resolve(directory),
    services: [client.service],
    repair: options.repair === true,
    anchors,
    ...(options.jobs !== undefined && { jobs: jobsOf(options.jobs) }),
    onProgress: progress.at,
  }).finally(() => progress.end())
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`)
  tell(report, options.json === true)
  if (report.findings.some(({ repaired }) => repaired !== true)) process.exitCode = exitCode.notAuthentic
}

function jobsOf(text: string): number {
  const jobs = Number(text)
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 1024) return jobs
  throw new CliError(exitCode.usage, `expected 1 to 1024 jobs, received ${text}`, 'hufu volume check --help')
}

function tell({ findings, ...counts }: CheckReport, json: boolean): void {
  printObject(json ? { ...counts, findings } : { ...counts, found: findings.length }, json)
  for (const { kind, backing, path, detail, repaired } of json ? [] : findings)
    console.log(`${repaired === true ? 'repaired ' : ''}${kind}: ${path ?? '?'} (${backing}): ${detail}`)
}
