import { sha256Hex, signSigV4 } from '@hufu/wire'
import autocannon from 'autocannon'
import type { Served } from './child.ts'

export interface Load {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

export interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One signed request of the AWS dialect: reading requests may be sent again for as long as the signature is good. */
export function signed(served: Served, action: string, parameters: object): Request {
  const body = JSON.stringify(parameters)
  const own = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` }
  const request = {
    method: 'POST',
    path: '/',
    query: '',
    headers: { host: new URL(served.url).host, ...own },
    payloadHash: sha256Hex(body),
  }
  return {
    headers: { ...own, ...signSigV4(request, served, { region: 'local-1', service: 'kms', at: Date.now() }) },
    body,
  }
}

/** So many that what waits for the disk is waited for together, as with many clients. */
const CONNECTIONS = 256

/** Sends the request over and over. Throws when an answer was not a good one. */
export async function load(url: string, request: Request, seconds: number, overallRate?: number): Promise<Load> {
  const rate = overallRate === undefined ? {} : { overallRate }
  const options = { url, method: 'POST' as const, connections: CONNECTIONS, duration: seconds, ...rate }
  const { requests, latency, errors, non2xx } = await autocannon({ ...options, ...request })
  if (errors + non2xx > 0) throw new Error(`${errors} errors and ${non2xx} refusals under load`)
  return { perSecond: requests.average, p50: latency.p50, p99: latency.p99 }
}
