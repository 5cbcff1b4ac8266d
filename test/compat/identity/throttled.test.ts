import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'
import { apiClient } from '@hufu/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { awsOptions, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, REGION, startKms } from '../support/kms-server.ts'

/**
 * Every client is refused for its rate at first, with the clock of the limits stopped until the audit says so, and is
 * answered when the clock goes on: by its own retries, or by none where it has none.
 */
const LIMIT = 10
const TIMEOUT = 240_000
const run = promisify(execFile)
const script = fileURLToPath(new URL('../support/boto3_throttled.py', import.meta.url))
const command = fileURLToPath(new URL('../../../packages/cli/bin/hufu.js', import.meta.url))

let running: KmsServer

beforeAll(async () => {
  const limits = { perIdentity: LIMIT, perAddress: 0 }
  running = await startKms(backends['the software token'] as never, undefined, { limits })
})
afterEach(() => {
  running.standstill = null
})
afterAll(() => running?.close())

const refusals = async (): Promise<number> => (await running.kms.audit.list({ outcome: 'RequestLimitExceeded' })).length

/** Until nothing more is let through. */
async function useUp(): Promise<void> {
  running.standstill = Date.now()
  const client = new KMSClient(awsOptions(running))
  for (let error: unknown = null; error === null; )
    error = await client.send(new ListKeysCommand({})).then(
      () => null,
      (refused) => refused,
    )
  client.destroy()
}

/** What is answered to one who is refused at least once. */
async function throttled<T>(ask: () => Promise<T>): Promise<T> {
  await useUp()
  const before = await refusals()
  const answer = ask()
  answer.catch(() => {})
  await expect.poll(refusals, { timeout: 120_000, interval: 20 }).toBeGreaterThan(before)
  running.standstill = null
  return answer
}

const environment = ({ root, server }: KmsServer) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_ACCESS_KEY_ID: root.accessKeyId,
  AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
  AWS_DEFAULT_REGION: REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '12',
  HUFU_ENDPOINT: server.url,
})

describe('a request that is refused for its rate', { timeout: TIMEOUT }, () => {
  it('is tried again by the SDK of AWS, many at once too', async () => {
    const options = { ...awsOptions(running), maxAttempts: 12 }
    const [kms, iam] = [new KMSClient(options), new IAMClient(options)]
    const answers = await throttled(() =>
      Promise.all([
        ...Array.from({ length: LIMIT }, () => kms.send(new ListKeysCommand({}))),
        iam.send(new ListUsersCommand({})),
      ]),
    )
    expect(Math.max(...answers.map(({ $metadata }) => $metadata.attempts ?? 1))).toBeGreaterThan(1)
    kms.destroy()
    iam.destroy()
  })

  it('may be a change, which is then made once', async () => {
    const kms = new KMSClient({ ...awsOptions(running), maxAttempts: 12 })
    const made = async () => (await running.kms.audit.list({ action: 'CreateKey', outcome: 'ok' })).length
    const before = await made()
    await throttled(() => kms.send(new CreateKeyCommand({})))
    kms.destroy()
    expect(await made()).toBe(before + 1)
    expect(await running.kms.audit.list({ outcome: 'Replayed' })).toEqual([])
  })

  it.each(['standard', 'legacy'])('is tried again by boto3 in its %s mode', async (mode) => {
    const { accessKeyId, secretAccessKey } = running.root
    const args = [script, running.server.url, accessKeyId, secretAccessKey, mode]
    const { stdout } = await throttled(() => run('python3', args))
    expect(JSON.parse(stdout)).toEqual({ answers: 6, retried: true })
  })

  it('is tried again by the aws command', async () => {
    const args = ['kms', 'list-keys', '--endpoint-url', running.server.url, '--output', 'json']
    const { stdout } = await throttled(() => run('aws', args, { env: environment(running) }))
    expect(JSON.parse(stdout)).toHaveProperty('Keys')
  })

  it.each(['aws', 'tencent'] as const)('is tried again by the Encryption SDK, by the %s wire', async (wire) => {
    const { url: endpoint } = running.server
    const api = apiClient({ wire, endpoint, region: REGION, credentials: running.root, deadline: 120_000 })
    await throttled(() => api.call('ListKeys', {}))
    const made = (await throttled(() => api.call('CreateKey', newKey[wire], { changes: true }))) as object
    expect(made).not.toEqual({})
    await api.close()
  })

  it('is not by a client that is told to try once', async () => {
    const { url: endpoint } = running.server
    const api = apiClient({ wire: 'aws', endpoint, region: REGION, credentials: running.root, attempts: 1 })
    await useUp()
    await expect(api.call('ListKeys', {})).rejects.toMatchObject({ code: 'RequestLimitExceeded' })
    await api.close()
  })

  it('and never has its turn is told as that when the deadline is over', async () => {
    const { url: endpoint } = running.server
    const api = apiClient({ wire: 'aws', endpoint, region: REGION, credentials: running.root, deadline: 500 })
    await useUp()
    await expect(api.call('ListKeys', {})).rejects.toMatchObject({
      code: expect.stringMatching(/^(RequestLimitExceeded|Unavailable)$/),
    })
    await api.close()
  })

  it.each([
    ['key', 'list'],
    ['user', 'create', 'throttled'],
  ])('is tried again by hufu %s %s', async (...args) => {
    const { stdout } = await throttled(() =>
      run(process.execPath, [command, ...args, '--json'], { env: environment(running) }),
    )
    expect(stdout).toMatch(/"(keyId|userId)"/)
  })

  it('is told by the SDK of Tencent, which leaves it to its caller to try again', async () => {
    const client = tencentClient(running)
    await useUp()
    await expect(client.ListKeys({})).rejects.toMatchObject({ code: 'RequestLimitExceeded' })
    running.standstill = null
    const again = () =>
      client.ListKeys({}).then(
        ({ TotalCount }) => TotalCount,
        ({ code }) => code,
      )
    await expect.poll(again, { timeout: 60_000, interval: 200 }).toBeGreaterThan(0)
  })
})

const newKey = { aws: {}, tencent: { Alias: 'throttled', KeyUsage: 'ENCRYPT_DECRYPT' } }
