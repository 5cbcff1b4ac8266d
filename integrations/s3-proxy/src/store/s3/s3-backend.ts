import { Agent } from 'node:https'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3ErrorCode } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type { Body, WriteCondition, Written } from '../object-store.ts'
import { backendError } from './backend-error.ts'
import { bareEtag } from './backend-properties.ts'
import { keysUnder } from './listings.ts'
import { ReplayRoom, type SendBody, sendBody } from './upload-body.ts'

export interface S3BackendOptions {
  readonly endpoint: string
  readonly region: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** PEM of the authorities that the endpoint's certificate must be of; those of Node when absent. */
  readonly ca?: string
  /** `BUCKET.HOST` rather than `HOST/BUCKET`; false when absent. */
  readonly virtualHosts?: boolean
}

const none = (): void => {}
/** What fails is told by its error. */
const SILENT = { trace: none, debug: none, info: none, warn: none, error: none }

/** Connections at once, as many as the SDK has unless it is told. */
const SOCKETS_MAX = 50

/** An agent, not its options: the SDK asks long uploads (`Expect: 100-continue`) by an agent that it makes without options. */
const trusting = (ca: string): Agent => new Agent({ ca, keepAlive: true, maxSockets: SOCKETS_MAX })

/** The endpoint that keeps the stored bytes. Its errors come out as the proxy's own. */
export class S3Backend {
  readonly client: S3Client
  readonly #room = new ReplayRoom()

  constructor({ endpoint, region, credentials, ca, virtualHosts }: S3BackendOptions) {
    this.client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: virtualHosts !== true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      logger: SILENT,
      ...(ca === undefined ? {} : { requestHandler: { httpsAgent: trusting(ca) } }),
    })
  }

  /** `missing` is what the backend's bare 404 means here. */
  async ask<T>(missing: S3ErrorCode, work: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await work(this.client)
    } catch (error) {
      throw backendError(error, missing)
    }
  }

  /** A request with a body of `size` bytes, see `sendBody`. */
  send<T>(missing: S3ErrorCode, body: Body, size: number, send: SendBody<T>): Promise<T> {
    return sendBody(this.#room, body, size, send, (error) => backendError(error, missing))
  }

  async removeUnder(bucket: string, prefix: string): Promise<void> {
    const keys = await this.ask('NoSuchBucket', (client) => keysUnder(client, bucket, prefix))
    for (const { key } of keys)
      await this.ask('NoSuchKey', (client) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })))
  }
}

export const at = ({ bucket, key }: ObjectName) => ({ Bucket: bucket, Key: key })

export const conditions = ({ ifAbsent, ifMatch }: WriteCondition) => ({
  ...(ifAbsent === true ? { IfNoneMatch: '*' } : {}),
  ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
})

export const written = (etag: string | undefined): Written => ({ etag: bareEtag(etag), modified: Date.now() })
