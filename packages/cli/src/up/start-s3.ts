import { type S3Audit, startS3Proxy } from '@hufu/s3-proxy'
import { type Authority, HufuError } from '@hufu/wire'
import type { Logger } from 'pino'
import type { Closers } from './closers.ts'
import { objectStore } from './object-store.ts'
import type { Settings } from './settings.ts'
import type { LiveCertificate } from './tls/live-certificate.ts'

export interface S3Start {
  readonly data: string
  readonly log: Logger
  readonly authority: Authority
  readonly audit: S3Audit
  readonly closers: Closers
  /** Null for a proxy without TLS. */
  readonly certificate: LiveCertificate | null
}

/** Starts the S3 proxy on the store that the settings name. Resolves to its URL. */
export async function startS3(settings: Settings, { data, closers, certificate, ...parts }: S3Start): Promise<string> {
  const { host, s3Port, region } = settings
  const store = closers.add(await objectStore(settings, data))
  const tls = certificate === null ? {} : { tls: certificate.files }
  const options = { ...parts, ...tls, store, host, port: s3Port, region, defaultKey: 'alias/s3' }
  const proxy = await startS3Proxy(options).catch((cause) => {
    throw cannotListen(cause, host, s3Port)
  })
  certificate?.serve(proxy)
  return closers.add(proxy).url
}

function cannotListen(cause: unknown, host: string, port: number): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') return new HufuError('PortInUse', `port ${port} of ${host} is in use`, { cause })
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES')
    return new HufuError('CannotListen', `can not listen on port ${port} of ${host}`, { cause })
  return cause
}
