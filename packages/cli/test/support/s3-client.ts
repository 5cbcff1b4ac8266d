import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text as textOf } from 'node:stream/consumers'
import { type SigV4Credentials, sha256Hex, signSigV4 } from '@hufu/wire'

export interface S3Answer {
  readonly status: number
  readonly text: string
}

/** Signed requests to an S3 endpoint, by path. `ca`: PEM of its authority. */
export const s3Client =
  (endpoint: string, credentials: SigV4Credentials, ca?: string) =>
  async (method: string, path: string, body = ''): Promise<S3Answer> => {
    const url = new URL(endpoint + path)
    const request = { method, path, query: '', headers: { host: url.host }, payloadHash: sha256Hex(body) }
    const headers = signSigV4(request, credentials, { region: 'local-1', service: 's3', at: Date.now() })
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const message = send(url, { method, headers, agent: false, ...(ca === undefined ? {} : { ca }) }).end(body)
    const [response] = await once(message, 'response')
    return { status: response.statusCode, text: await textOf(response) }
  }
