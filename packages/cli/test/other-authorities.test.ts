import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { selfSigned } from '../../../test/compat/support/self-signed.ts'
import { startIssuer, type TokenIssuer } from '../../../test/compat/support/token-issuer.ts'
import { queryCall } from '../src/identity/query-call.ts'
import { findSystem } from '../src/system/find-system.ts'
import { checkTrust } from '../src/up/check-trust.ts'
import { objectStore } from '../src/up/object-store.ts'
import { settingsSchema } from '../src/up/settings.ts'
import { readCa } from '../src/up/tls/read-ca.ts'
import { hufu, RunningKms } from './support/hufu.ts'
import { s3Client } from './support/s3-client.ts'

/** An object store and an issuer of tokens with CAs that Node does not know, and the system that is told of both. */
const LONG = { timeout: 240_000 }
const HINT = expect.stringContaining('--issuer-ca FILE')
const backend = new RunningKms()
const front = new RunningKms()
const work = mkdtempSync(join(tmpdir(), 'hufu-authorities-'))
const file = (name: string): string => join(work, name)
let backendCa: string
let store: readonly string[]
let issuer: TokenIssuer

beforeAll(async () => {
  const own = await selfSigned()
  issuer = await startIssuer({ cert: own.certificate, key: own.key })
  writeFileSync(file('issuer.pem'), own.certificate)
  writeFileSync(file('none.pem'), 'no certificate')
  await backend.start(['--pkcs11', 'off', '--tls', 'own', '--s3-port', '0'])
  backendCa = join(backend.data, 'tls', 'ca.pem')
  const { s3Endpoint = '', accessKeyId, secretAccessKey } = backend.credentials
  writeFileSync(file('backend.json'), JSON.stringify({ accessKeyId, secretAccessKey }))
  store = [
    '--s3-backend',
    s3Endpoint,
    '--s3-backend-region',
    'local-1',
    '--s3-backend-credentials',
    file('backend.json'),
  ]
  const told = ['--s3-backend-ca', backendCa, '--issuer-ca', file('issuer.pem')]
  await front.start(['--pkcs11', 'off', '--s3-port', '0', ...store, ...told])
}, LONG.timeout)
afterAll(async () => {
  await Promise.all([front[Symbol.asyncDispose](), backend[Symbol.asyncDispose](), issuer?.close()])
  rmSync(work, { recursive: true, force: true })
})

it('keeps buckets in a store of the CA that --s3-backend-ca names', LONG, async () => {
  const s3 = s3Client(front.credentials.s3Endpoint ?? '', front.credentials)
  expect(await s3('PUT', '/films')).toMatchObject({ status: 200 })
  const below = s3Client(backend.credentials.s3Endpoint ?? '', backend.credentials, readFileSync(backendCa, 'utf8'))
  expect(await below('GET', '/')).toMatchObject({ status: 200, text: expect.stringContaining('<Name>films</Name>') })
})

it('takes tokens of an issuer of the CA that --issuer-ca names', LONG, async () => {
  const system = await findSystem({ data: front.data }, {})
  const provider = { Url: issuer.url, 'ClientIDList.member.1': 'hufu' }
  await queryCall(system, 'iam', 'CreateOpenIDConnectProvider', provider)
  const host = issuer.url.replace('https://', '')
  const Principal = { Federated: `arn:aws:iam::000000000001:oidc-provider/${host}` }
  const statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity' }
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await queryCall(system, 'iam', 'CreateRole', { RoleName: 'ci', AssumeRolePolicyDocument: trust })
  const asked = {
    RoleArn: 'arn:aws:iam::000000000001:role/ci',
    RoleSessionName: 'main',
    WebIdentityToken: await issuer.token(),
  }
  const answer = await queryCall(system, 'sts', 'AssumeRoleWithWebIdentity', asked)
  expect(JSON.stringify(answer)).toContain('"AccessKeyId":"ASIA')
})

it('does not start with a store that it does not trust, and says what to type', LONG, async () => {
  const up = ['up', '--kms-port', '0', '--s3-port', '0', '--pkcs11', 'off', '--data', file('data')]
  expect(await hufu([...up, ...store])).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/certificate of 127\.0\.0\.1:\d+ is not trusted .*\nhint: .*--s3-backend-ca FILE/),
  })
})

it.each([
  ['absent.pem', 8, /absent\.pem: ENOENT/, '--s3-backend-ca FILE'],
  ['none.pem', 8, /none\.pem: it is not PEM/, '--s3-backend-ca FILE'],
  ['issuer.pem', 3, /is not trusted/, 'another CA than that of --s3-backend-ca'],
])('refuses the CA of %s for the store', async (name, exitCode, message, hint) => {
  const settings = settingsSchema.parse({
    s3Backend: backend.credentials.s3Endpoint,
    s3BackendCredentials: file('backend.json'),
    s3BackendCa: file(name),
  })
  await expect(objectStore(settings, work)).rejects.toMatchObject({
    exitCode,
    message: expect.stringMatching(message),
    hint: expect.stringContaining(hint),
  })
})

it('says which flag names a file that is none', async () => {
  for (const [name, why] of [
    ['absent.pem', 'ENOENT'],
    ['none.pem', 'it is not PEM'],
  ] as const) {
    const message = expect.stringContaining(`from ${file(name)}: ${why}`)
    await expect(readCa(file(name), '--issuer-ca')).rejects.toMatchObject({ exitCode: 8, message, hint: HINT })
  }
})

it('does not wait for a store that does not answer', async () => {
  await checkTrust('https://127.0.0.1:1', undefined, '--s3-backend-ca')
  await checkTrust('http://127.0.0.1:1', undefined, '--s3-backend-ca')
})
