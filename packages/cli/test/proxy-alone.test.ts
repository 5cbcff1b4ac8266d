import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex, signSigV4 } from '@hufu/wire'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const data = mkdtempSync(join(tmpdir(), 'hufu-proxy-'))
let proxy: ChildProcess
let endpoint: string
let credentials: { accessKeyId: string; secretAccessKey: string }

/** The proxy by itself, and the line that it printed when it was ready. */
async function startProxy(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; line: string }> {
  const args = ['up', '--only', 's3', '--s3-port', '0', '--data', data, '--kms-endpoint', kms.credentials.kmsEndpoint]
  const child = spawn(process.execPath, [command, ...args, '--json', '--log', 'silent'], { env })
  let line = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (line += text))
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  return { child, line }
}

const environment = (secret?: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: secret ?? credentials.secretAccessKey,
})

beforeAll(async () => {
  await kms.start()
  credentials = kms.credentials
  const started = await startProxy(environment())
  proxy = started.child
  endpoint = JSON.parse(started.line).s3Endpoint
})
afterAll(async () => {
  proxy?.kill('SIGKILL')
  await kms[Symbol.asyncDispose]()
  rmSync(data, { recursive: true })
})

async function s3(method: string, path: string, body = ''): Promise<{ status: number; text: string }> {
  const headers = { host: new URL(endpoint).host }
  const request = { method, path, query: '', headers, payloadHash: sha256Hex(body) }
  const signed = signSigV4(request, credentials, { region: 'local-1', service: 's3', at: Date.now() })
  const response = await fetch(endpoint + path, { method, headers: signed, ...(body === '' ? {} : { body }) })
  return { status: response.status, text: await response.text() }
}

it('checks its clients’ signatures without their secrets, and uses keys on their behalf', async () => {
  expect(await s3('PUT', '/films')).toMatchObject({ status: 200 })
  expect(await s3('PUT', '/films/order', 'the order')).toMatchObject({ status: 200 })
  expect(await s3('GET', '/films/order')).toEqual({ status: 200, text: 'the order' })
  const generated = await kms.json('audit', 'list', '--action', 'GenerateDataKey', '--limit', '1')
  expect(generated).toMatchObject({ via: 's3', outcome: 'ok', principal: expect.stringContaining(':root') })
})

it('binds the key of a bucket on behalf of who makes it, and lets go of it with the bucket', async () => {
  expect(await s3('PUT', '/bound')).toMatchObject({ status: 200 })
  const told = async (action: string) => kms.json('audit', 'list', '--action', action, '--limit', '1')
  const byCaller = { via: 's3', outcome: 'ok', principal: expect.stringContaining(':root') }
  expect(await told('BindCloudResource')).toMatchObject(byCaller)
  const refused = await hufu(['key', 'delete', 'alias/s3', '--data', kms.data])
  expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('s3 is bound') })
  expect(await s3('DELETE', '/bound')).toMatchObject({ status: 204 })
  expect(await told('UnbindCloudResource')).toMatchObject(byCaller)
})

it('refuses at once what the KMS does not allow any more', async () => {
  await kms.json('key', 'disable', 'alias/s3')
  await expect.poll(async () => (await s3('GET', '/films/order')).status).toBe(400)
  await kms.json('key', 'enable', 'alias/s3')
  await expect.poll(async () => (await s3('GET', '/films/order')).text).toBe('the order')
})

it('does not start with credentials that the KMS does not accept', async () => {
  const { child, line } = await startProxy(environment('wrong'))
  expect(line).toContain('SignatureMismatch')
  expect(child.exitCode).toBe(4)
})

it('ends with 0 at SIGTERM', async () => {
  proxy.kill('SIGTERM')
  expect((await once(proxy, 'exit'))[0]).toBe(0)
})
