import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { S3Audit } from '../audit.ts'
import { type S3Error, toS3Error } from '../error.ts'
import { callOf } from '../operations/operation.ts'
import { type Route, routeOf } from '../operations/table.ts'
import type { ProxyContext } from '../proxy-context.ts'
import { authenticate } from './authenticate.ts'
import { readRequest, type S3Request } from './s3-request.ts'
import { send } from './send.ts'
import { toXml } from './xml.ts'

export interface ListenerOptions {
  readonly proxy: ProxyContext
  readonly domains: readonly string[]
  readonly log: Logger
  readonly audit: S3Audit
}

/** What is known of a request so far, for its record. */
interface Progress {
  readonly id: string
  readonly sourceIp: string
  readonly userAgent: string
  request?: S3Request
  route?: Route
  principal?: string
  accessKeyId?: string
}

/**
 * The life of a request: read it, know who sent it, find its operation, admit its sender to the bucket, run it,
 * answer, record. What fails before the answer has begun is answered as an S3 error; what fails after cuts the
 * connection, so that no client takes a part for the whole.
 */
export function listener(options: ListenerOptions) {
  return async (message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> => {
    const progress: Progress = {
      id: randomBytes(8).toString('hex').toUpperCase(),
      sourceIp: message.socket.remoteAddress ?? '',
      userAgent: message.headers['user-agent'] ?? '',
    }
    response.setHeader('x-amz-request-id', progress.id)
    try {
      await answer(options, progress, message, response, expectsContinue)
      record(options, progress, null)
    } catch (error) {
      const failure = toS3Error(error)
      fail(failure, progress, message, response)
      record(options, progress, failure)
    }
  }
}

async function answer(
  { proxy, domains }: ListenerOptions,
  progress: Progress,
  message: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  const request = readRequest(message, domains)
  progress.request = request
  const who = await authenticate(request, proxy.authority, proxy.region)
  progress.principal = who.signer.principal
  progress.accessKeyId = who.signer.accessKeyId
  const route = routeOf(request)
  progress.route = route
  if (route.on !== 'service' && route.name !== 'CreateBucket')
    await proxy.keys.admit(who.signer, request.bucket, proxy.defaultKey)
  if (expectsContinue) response.writeContinue()
  await send(response, await route.run(callOf(proxy, request, message, who)))
}

/** Bytes of an unread body that are read off so that the client reads the answer; the connection closes on more. */
const DRAIN_MAX = 64 * 1024 * 1024

/** Answers the failure, or cuts an answer that has begun. */
function fail(failure: S3Error, progress: Progress, message: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  for (const name of response.getHeaderNames()) if (name !== 'x-amz-request-id') response.removeHeader(name)
  if (Number(message.headers['content-length'] ?? DRAIN_MAX + 1) > DRAIN_MAX && !message.complete)
    response.setHeader('connection', 'close')
  message.resume()
  const bare = message.method === 'HEAD' || failure.status === 304
  const body = bare ? {} : { body: errorXml(failure, progress.request?.rawPath ?? '', progress.id) }
  send(response, { status: failure.status, ...body }).catch(() => response.destroy())
}

export const errorXml = ({ code, message }: S3Error, resource: string, requestId: string): string =>
  toXml('Error', { Code: code, Message: message, Resource: resource, RequestId: requestId }, false)

function record({ log, audit }: ListenerOptions, progress: Progress, failure: S3Error | null): void {
  const { id, sourceIp, userAgent, request, route, principal = '', accessKeyId = '' } = progress
  const entry = {
    at: Date.now(),
    requestId: id,
    operation: route?.name ?? '',
    principal,
    accessKeyId,
    bucket: request?.bucket ?? '',
    key: request?.key ?? '',
    sourceIp,
    userAgent,
    outcome: failure?.code ?? 'ok',
    reason: failure === null ? '' : reasonOf(failure),
  }
  if (failure === null) log.debug(entry, 's3 request')
  else log.warn({ ...entry, err: failure.cause }, 's3 request failed')
  audit(entry)
}

/** The message with those of its causes. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message
}
