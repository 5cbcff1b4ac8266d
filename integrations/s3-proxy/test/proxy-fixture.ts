import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HeadersReceived, sha256Hex, signSigV4 } from '@hufu/wire'
import {
  directoryStore,
  type ObjectStore,
  type S3AuditRecord,
  type S3Proxy,
  type S3ProxyOptions,
  startS3Proxy,
} from '../src/index.ts'
import { FakeAuthority } from './fake-authority.ts'

export const REGION = 'local-1'
export const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' }

/** A proxy over a store, with a fake KMS, and what a test wants to look at. */
export interface Fixture extends AsyncDisposable {
  readonly proxy: S3Proxy
  readonly authority: FakeAuthority
  readonly store: ObjectStore
  readonly records: S3AuditRecord[]
}

export async function startFixture(store: ObjectStore, options: Partial<S3ProxyOptions> = {}): Promise<Fixture> {
  const authority = new FakeAuthority()
  const records: S3AuditRecord[] = []
  const proxy = await startS3Proxy({
    authority,
    store,
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    defaultKey: 'alias/s3',
    audit: (record) => records.push(record),
    ...options,
  })
  return {
    proxy,
    authority,
    store,
    records,
    async [Symbol.asyncDispose]() {
      await proxy.close()
      await store.close()
    },
  }
}

/** A directory store of its own, removed with the fixture. */
export async function startDirectoryFixture(): Promise<Fixture & { readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'hufu-s3-'))
  const fixture = await startFixture(directoryStore(directory))
  return {
    ...fixture,
    directory,
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

export interface RequestOptions {
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly at?: number
  readonly payloadHash?: string
  readonly region?: string
  /** What is sent instead of what was signed. */
  readonly change?: (request: { path: string; headers: Record<string, string> }) => void
}

/** The headers of a signed request, before and with what is changed after signing. */
export function signed(url: string, method: string, path: string, options: RequestOptions = {}) {
  const [rawPath = '', query = ''] = path.split('?')
  const headers: Record<string, string> = { host: new URL(url).host, ...options.headers }
  const payloadHash = options.payloadHash ?? sha256Hex(options.body ?? '')
  const request = { method, path: rawPath, query, headers: headers as HeadersReceived, payloadHash }
  const target = { region: options.region ?? REGION, service: 's3', at: options.at ?? Date.now() }
  const sent = { path, headers: { ...headers, ...signSigV4(request, options.credentials ?? CREDENTIALS, target) } }
  options.change?.(sent)
  return sent
}

/** Signs and sends one request, byte for byte as told. */
export async function send(url: string, method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const sent = signed(url, method, path, options)
  const { host: _, ...headers } = sent.headers
  const body = options.body ?? ''
  const bodyless = method === 'GET' || method === 'HEAD'
  return fetch(`${url}${sent.path}`, {
    method,
    headers,
    ...(bodyless ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }),
  })
}

/** The code and message of an S3 error answer. */
export async function errorOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const text = await response.text()
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ''
  return { status: response.status, code: field('Code'), message: field('Message') }
}
