import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cloudaudit } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cloudaudit/index.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allow } from '../support/identity-clients.ts'
import { backends, type KmsServer, REGION, startKms } from '../support/kms-server.ts'

type Client = InstanceType<typeof cloudaudit.v20190319.Client>
type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string }

let running: KmsServer
let client: Client
let KeyId: string
let keyArn: string

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  client = clientOf(running.root)
  const keys = running.kms.as({ ...running.root, requestId: 'here', sourceIp: '192.0.2.1' })
  const key = await keys.createKey({})
  KeyId = key.keyId
  keyArn = key.arn
  for (let count = 0; count < 5; count += 1) await keys.describeKey(KeyId)
  await keys.disableKey(KeyId)
  await keys.encrypt({ keyId: KeyId, plaintext: Buffer.from('x') }).catch(() => {})
})
afterAll(() => running?.close())

function clientOf({ accessKeyId: secretId, secretAccessKey: secretKey }: Keys): Client {
  const endpoint = running.server.url.slice('http://'.length)
  return new cloudaudit.v20190319.Client({
    credential: { secretId, secretKey },
    region: REGION,
    profile: { httpProfile: { protocol: 'http://', endpoint } },
  })
}

const now = (): number => Math.floor(Date.now() / 1000)
const span = () => ({ StartTime: now() - 3600, EndTime: now() + 60 })

const look = (attributes: Readonly<Record<string, string>>, more: object = {}) =>
  client.LookUpEvents({
    ...span(),
    LookupAttributes: Object.entries(attributes).map(([AttributeKey, AttributeValue]) => ({
      AttributeKey,
      AttributeValue,
    })),
    ...more,
  })

/** What is asked, and the events that are found. */
const lookUps: readonly (readonly [string, Record<string, () => string>, readonly string[]])[] = [
  ['a key', { ResourceName: () => keyArn }, ['Encrypt', 'DisableKey', ...Array(5).fill('DescribeKey'), 'CreateKey']],
  ['a key by its id', { ResourceId: () => KeyId, EventName: () => 'DisableKey' }, ['DisableKey']],
  ['an action', { EventName: () => 'CreateKey', SourceIPAddress: () => '192.0.2.1' }, ['CreateKey']],
  ['an outcome', { ApiErrorCode: () => 'KeyDisabled' }, ['Encrypt']],
  ['a principal', { PrincipalId: () => running.root.principal, EventName: () => 'DisableKey' }, ['DisableKey']],
  ['a source', { SourceIPAddress: () => '192.0.2.1', EventName: () => 'Encrypt' }, ['Encrypt']],
  ['a request', { RequestId: () => 'here', EventName: () => 'DisableKey' }, ['DisableKey']],
  ['an outcome that there is not', { ApiErrorCode: () => 'Nothing' }, []],
]

describe("Tencent's CloudAudit", () => {
  it.each(lookUps)('finds the events of %s, the newest first', async (_what, asked, names) => {
    const attributes = Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, value()]))
    const { Events = [], ListOver } = await look(attributes, { MaxResults: 50 })
    expect(Events.map(({ EventName }) => EventName)).toEqual(names)
    expect(ListOver).toBe(true)
  })

  it('shows who, what, when, from where and with what outcome', async () => {
    const { Events = [] } = await look({ ApiErrorCode: 'KeyDisabled' })
    const { principal, accessKeyId } = running.root
    const shown = { Username: principal, SecretId: accessKeyId, SourceIPAddress: '192.0.2.1', RequestID: 'here' }
    expect(Events).toMatchObject([{ ...shown, Resources: { ResourceName: keyArn } }])
    expect(JSON.parse(Events[0]?.CloudAuditEvent ?? '')).toMatchObject({ outcome: 'KeyDisabled', principal })
  })

  it('gives pages', async () => {
    const seen: (string | undefined)[] = []
    for (let NextToken: string | undefined, over = false; !over; ) {
      const more = { MaxResults: 3, ...(NextToken === undefined ? {} : { NextToken }) }
      const page = await look({ ResourceName: keyArn }, more)
      seen.push(...(page.Events ?? []).map(({ EventId }) => EventId))
      over = page.ListOver === true
      NextToken = page.NextToken
    }
    expect(seen).toHaveLength(8)
    expect(new Set(seen).size).toBe(8)
    const first = await client.DescribeEvents({ ...span(), MaxResults: 1 })
    const second = await client.DescribeEvents({ ...span(), MaxResults: 1, NextToken: first.NextToken ?? 0 })
    expect(Number(second.Events?.[0]?.EventId)).toBe(Number(first.Events?.[0]?.EventId) - 1)
  })

  it('knows nothing of another time', async () => {
    const { Events } = await client.LookUpEvents({ StartTime: now() - 7200, EndTime: now() - 3600 })
    expect(Events).toEqual([])
  })

  it('refuses an attribute that it has not, and too many results', async () => {
    for (const asked of [look({ Tags: 'x' }), look({}, { MaxResults: 51 })])
      await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^InvalidParameter/) })
  })

  it('is for those who may, and is recorded itself', async () => {
    const keys = running.kms.as({ ...running.root, requestId: 'here', sourceIp: 'test' })
    await keys.createUser({ name: 'auditor' })
    const auditor = clientOf(await keys.createAccessKey('auditor'))
    await expect(auditor.LookUpEvents(span())).rejects.toMatchObject({ code: 'UnauthorizedOperation' })
    await keys.putInlinePolicy({ kind: 'user', name: 'auditor' }, 'own', allow('cloudaudit:LookUpEvents'))
    await auditor.LookUpEvents(span())
    await expect(auditor.DescribeEvents(span())).rejects.toMatchObject({ code: 'UnauthorizedOperation' })
    const { Events = [] } = await look({ EventName: 'LookUpEvents' })
    expect(Events.some(({ Username }) => Username?.endsWith(':user/auditor'))).toBe(true)
    const { Events: denied = [] } = await look({ ApiErrorCode: 'AccessDenied' })
    expect(denied).toMatchObject([{ EventName: 'DescribeEvents', ErrorCode: 403 }, { EventName: 'LookUpEvents' }])
  })
})

describe("AWS's CloudTrail", () => {
  it('is read by the aws command', async () => {
    const { PATH, HOME } = process.env
    const env = {
      PATH,
      HOME,
      AWS_ACCESS_KEY_ID: running.root.accessKeyId,
      AWS_SECRET_ACCESS_KEY: running.root.secretAccessKey,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const asked = ['--lookup-attributes', `AttributeKey=ResourceName,AttributeValue=${keyArn}`, '--max-items', '2']
    const options = ['--endpoint-url', running.server.url, '--output', 'json']
    const { stdout } = await promisify(execFile)('aws', ['cloudtrail', 'lookup-events', ...asked, ...options], { env })
    expect(JSON.parse(stdout).Events).toMatchObject([
      { EventName: 'Encrypt', Username: running.root.principal, Resources: [{ ResourceName: keyArn }] },
      { EventName: 'DisableKey' },
    ])
  })
})
