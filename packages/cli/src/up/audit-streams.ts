import { join } from 'node:path'
import type { Kms } from '@hufu/kms'
import { AuditStream, openSink } from '@hufu/server'
import type { Logger } from 'pino'
import type { Closers } from './closers.ts'
import type { Settings } from './settings.ts'
import { readCa } from './tls/read-ca.ts'

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
  const { auditSinkCa: file } = settings
  const ca = file === undefined ? undefined : await readCa(file, '--audit-sink-ca')
  const folder = join(data, 'audit-sinks')
  const streams: AuditStream[] = []
  for (const url of new Set(settings.auditSink))
    streams.push(closers.add(await AuditStream.start({ proof, sink: openSink(url, ca), folder, log })))
  return streams
}
