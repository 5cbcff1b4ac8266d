import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AeadAlgorithm } from '@hufu/crypto'
import type { Authority } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { type Logger, pino } from 'pino'
import type { S3Audit } from './audit.ts'
import type { Manifest } from './format/manifest.ts'
import { suites } from './format/suite.ts'
import { answerClientError } from './http/client-error.ts'
import { listener } from './http/listener.ts'
import { newServer, renewTls, type TlsFiles } from './http/new-server.ts'
import { bindNamedKey } from './keys/bucket-binding.ts'
import { BucketKeys } from './keys/bucket-keys.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface S3ProxyOptions {
  /** Who may call, and the KMS acting as them. */
  readonly authority: Authority
  /** Where ciphertext lies; the proxy does not close it. */
  readonly store: ObjectStore
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly region: string
  /** The key of objects that do not name their own: `alias/s3`. */
  readonly defaultKey: string
  /** What new objects are sealed with; `AES-256-GCM` when absent. Objects of either are read. */
  readonly algorithm?: AeadAlgorithm
  /** Names under which `BUCKET.NAME` is a bucket; `localhost` when absent. */
  readonly domains?: readonly string[]
  readonly log?: Logger
  readonly audit?: S3Audit
  /** HTTPS when given, else HTTP. */
  readonly tls?: TlsFiles
}

export interface S3Proxy {
  readonly url: string
  readonly port: number
  /** New connections are served with this certificate. Throws `TypeError` when the proxy has none. */
  renewTls(tls: TlsFiles): void
  /** Answers what is in flight, and ends. */
  close(): Promise<void>
}

/** A client that sends or reads nothing for so long is cut off. */
const IDLE_MS = 120_000
const MANIFESTS_MAX = 1000

/** Starts the proxy; rejects when it can't listen. */
export async function startS3Proxy(options: S3ProxyOptions): Promise<S3Proxy> {
  const { store, authority, defaultKey, tls, log = pino({ enabled: false }) } = options
  const keys = new BucketKeys(store, authority.events, (...use) => bindNamedKey({ defaultKey, log }, ...use))
  const handle = handlerOf(options, keys)
  const server = newServer(tls)
  server.on('request', (message, response) => void handle(message, response, false))
  server.on('checkContinue', (message, response) => void handle(message, response, true))
  server.on('clientError', answerClientError)
  server.setTimeout(IDLE_MS)
  const port = await listen(server, options)
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${urlHost(options.host)}:${port}`,
    port,
    renewTls: (files) => renewTls(server, files),
    close: () => close(server, keys),
  }
}

type Handle = (message: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => Promise<void>

function handlerOf(options: S3ProxyOptions, keys: BucketKeys): Handle {
  const algorithm = options.algorithm ?? 'AES-256-GCM'
  const suite = suites.find((one) => one.algorithm === algorithm)
  if (suite === undefined) throw new TypeError(`expected AES-256-GCM or SM4-GCM, received ${algorithm}`)
  const { store, authority, region, defaultKey, log = pino({ enabled: false }) } = options
  const manifests = new LRUCache<string, Manifest>({ max: MANIFESTS_MAX })
  return listener({
    proxy: { store, authority, region, defaultKey, keys, suite, manifests, log },
    domains: options.domains ?? ['localhost'],
    log,
    audit: options.audit ?? (() => {}),
  })
}

function listen(server: Server, { host, port }: S3ProxyOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server, keys: BucketKeys): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      keys[Symbol.dispose]()
      resolve()
    })
    server.closeIdleConnections()
  })
}

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host)
