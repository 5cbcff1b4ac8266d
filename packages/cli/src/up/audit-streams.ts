import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kms } from '@hufu/kms'
import { AuditStream, openSink } from '@hufu/server'
import type { Logger } from 'pino'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import type { Closers } from './closers.ts'
import type { Settings } from './settings.ts'

interface Start {
  readonly settings: Pick<Settings, 'auditSink' | 'auditSinkCa'>
  readonly data: string
  readonly log: Logger
  readonly closers: Closers
}

/** One stream for each sink of the settings. A sink that is down does not keep the system from starting. */
export async function startAuditStreams(
  proof: Kms['proof'],
  { settings, data, log, closers }: Start,
): Promise<readonly AuditStream[]> {
  const ca = await readCa(settings.auditSinkCa)
  const folder = join(data, 'audit-sinks')
  const streams: AuditStream[] = []
  for (const url of new Set(settings.auditSink))
    streams.push(closers.add(await AuditStream.start({ proof, sink: openSink(url, ca), folder, log })))
  return streams
}

const readCa = async (file: string | undefined): Promise<string | undefined> =>
  file === undefined
    ? undefined
    : readFile(file, 'utf8').catch((cause) => {
        const hint = 'name a readable PEM file with --audit-sink-ca'
        throw new CliError(exitCode.cannotStart, `can not read ${file}: ${cause.code}`, hint, { cause })
      })
