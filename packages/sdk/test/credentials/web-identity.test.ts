import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { credentialsChain, webIdentity } from '../../src/index.ts'

const home = mkdtempSync(join(tmpdir(), 'hufu-web-identity-'))
const tokenFile = join(home, 'token')
const LIFE = 3_600_000
let endpoint: string
let now: number
let asked: URLSearchParams[]
let failing: { readonly status: number; readonly body: string } | null

/** An STS whose credentials are named by the token and last an hour of the test's clock. */
const sts = createServer(async (request, answer) => {
  const form = new URLSearchParams(await text(request))
  asked.push(form)
  if (failing !== null) return void answer.writeHead(failing.status).end(failing.body)
  const end = new Date(now + LIFE).toISOString()
  const credentials = `<AccessKeyId>KEY-${form.get('WebIdentityToken')}</AccessKeyId>
    <SecretAccessKey>s+/=</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${end}</Expiration>`
  answer.end(`<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>
    <Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`)
})

beforeAll(async () => {
  await once(sts.listen(0, '127.0.0.1'), 'listening')
  endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`
})
afterAll(() => {
  sts.closeAllConnections()
  sts.close()
  rmSync(home, { recursive: true, force: true })
})
beforeEach(() => {
  now = 0
  asked = []
  failing = null
  writeFileSync(tokenFile, 'one\n')
})

const roleArn = 'arn:aws:iam::000000000001:role/app'
const provider = () => webIdentity({ endpoint, roleArn, tokenFile, clock: () => now })
const DENIED = '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>'

it('asks for the role with the token, once for all that ask together', async () => {
  const credentials = provider()
  const all = await Promise.all([credentials(), credentials(), credentials()])
  expect(all[0]).toEqual({ accessKeyId: 'KEY-one', secretAccessKey: 's+/=', sessionToken: 't' })
  expect(asked.map((form) => Object.fromEntries(form))).toEqual([
    {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'hufu-sdk',
      WebIdentityToken: 'one',
    },
  ])
})

it('renews five minutes before the end, with the token that is there then', async () => {
  const credentials = provider()
  await credentials()
  writeFileSync(tokenFile, 'two')
  now = LIFE - 300_001
  expect(await credentials()).toMatchObject({ accessKeyId: 'KEY-one' })
  now = LIFE - 300_000
  expect(await credentials()).toMatchObject({ accessKeyId: 'KEY-two' })
  expect(asked).toHaveLength(2)
})

it('uses what it has to its end while the STS fails, and then tells why', async () => {
  const credentials = provider()
  await credentials()
  failing = { status: 403, body: DENIED }
  now = LIFE - 1_000
  expect(await credentials()).toMatchObject({ accessKeyId: 'KEY-one' })
  expect(await credentials()).toMatchObject({ accessKeyId: 'KEY-one' })
  expect(asked).toHaveLength(2)
  now = LIFE + 10_000
  await expect(credentials()).rejects.toMatchObject({ code: 'AccessDenied', message: 'not you' })
  failing = null
  expect(await credentials()).toMatchObject({ accessKeyId: 'KEY-one' })
})

it('tries again what is no answer, and not what is a refusal', async () => {
  failing = { status: 503, body: '' }
  await expect(provider()()).rejects.toMatchObject({ code: 'Unavailable' })
  expect(asked).toHaveLength(3)
  failing = { status: 200, body: '<html>' }
  await expect(provider()()).rejects.toMatchObject({ code: 'Unavailable' })
  asked = []
  failing = { status: 403, body: DENIED }
  await expect(provider()()).rejects.toMatchObject({ code: 'AccessDenied' })
  expect(asked).toHaveLength(1)
  rmSync(tokenFile)
  await expect(provider()()).rejects.toMatchObject({ code: 'MissingAuthentication' })
})

it('is the second of the chain, behind the environment and before the files', async () => {
  const env = {
    HOME: home,
    AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    AWS_ROLE_ARN: roleArn,
    AWS_ROLE_SESSION_NAME: 'job',
  }
  const chain = (more: NodeJS.ProcessEnv) => credentialsChain({ env: { ...env, ...more }, clock: () => now })
  const found = chain({ HUFU_ENDPOINT: endpoint })
  expect(await found()).toMatchObject({ accessKeyId: 'KEY-one' })
  expect(asked[0]?.get('RoleSessionName')).toBe('job')
  now = 120_000
  await found()
  expect(asked).toHaveLength(1)
  const explicit = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
  expect(await chain({ HUFU_ENDPOINT: endpoint, ...explicit })()).toMatchObject({ accessKeyId: 'ENV' })
  await expect(chain({})()).rejects.toMatchObject({ code: 'MissingAuthentication' })
})

it('waits for its turn at an STS that is asked too often', async () => {
  const body = '<ErrorResponse><Error><Code>Throttling</Code><Message>slow down</Message></Error></ErrorResponse>'
  failing = { status: 400, body }
  const answer = provider()()
  answer.catch(() => {})
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(0)
  failing = null
  expect(await answer).toMatchObject({ accessKeyId: 'KEY-one' })
})
