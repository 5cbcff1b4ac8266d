import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { queryCall } from '../src/identity/query-call.ts'
import { withApi } from '../src/system/connect.ts'
import { findSystem } from '../src/system/find-system.ts'
import { settingsSchema } from '../src/up/settings.ts'
import { clientCertificates } from '../src/up/tls/client-certificates.ts'
import { issueCertificate } from '../src/up/tls/issue-certificate.ts'
import { IssuedCertificates } from '../src/up/tls/issued-certificates.ts'
import { hufu, RunningKms } from './support/hufu.ts'

const LONG = { timeout: 240_000 }
const BACKUP = 'arn:aws:iam::000000000001:user/backup'
const kms = new RunningKms()
const out = mkdtempSync(join(tmpdir(), 'hufu-tls-issue-'))
const file = (name: string): string => join(out, name)
const tls = (name: string): string => join(kms.data, 'tls', name)

beforeAll(async () => {
  await kms.start(['--pkcs11', 'off', '--tls', 'own', '--tls-client-ca', 'own'])
  const system = await findSystem({ data: kms.data }, {})
  await queryCall(system, 'iam', 'CreateUser', { UserName: 'backup' })
  const statement = { Effect: 'Allow', Action: ['kms:AuthenticateByCertificate', 'kms:ListKeys'], Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await queryCall(system, 'iam', 'PutUserPolicy', { UserName: 'backup', PolicyName: 'list', PolicyDocument })
}, LONG.timeout)
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(out, { recursive: true, force: true })
})

/** What a request comes to that only this certificate proves. */
const outcome = (name: string): Promise<string> =>
  withApi(
    'aws',
    {
      endpoint: kms.credentials.kmsEndpoint,
      ca: tls('ca.pem'),
      clientCert: file(`${name}.pem`),
      clientKey: file(`${name}-key.pem`),
    },
    (api) => api.call('TrentService.ListKeys', {}),
  ).then(
    () => 'ok',
    ({ code }) => String(code),
  )

it('a certificate is issued, proves its user, is listed, and proves nothing once it is revoked', LONG, async () => {
  const issued = await kms.json('tls', 'issue', 'backup', '--out', out, '--days', '30')
  const certificate = new X509Certificate(readFileSync(file('backup.pem')))
  const serial = certificate.serialNumber
  expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
  expect(issued).toEqual({
    serial,
    user: BACKUP,
    to: new Date(certificate.validTo).toISOString(),
    certificate: file('backup.pem'),
    key: file('backup-key.pem'),
  })
  expect(await outcome('backup')).toBe('ok')
  const last = await kms.json('audit', 'list', '--action', 'ListKeys', '--limit', '1')
  expect(last).toMatchObject({ principal: BACKUP, accessKeyId: `x509:${serial}`, outcome: 'ok' })
  expect(await kms.json('tls', 'list')).toMatchObject({ serial, user: BACKUP, revoked: false })

  expect(await kms.json('tls', 'revoke', serial.toLowerCase())).toMatchObject({ serial, revoked: true })
  await expect.poll(() => outcome('backup'), { timeout: 30_000 }).toBe('CertificateRefused')
  expect(await kms.json('tls', 'list')).toMatchObject({ serial, revoked: true })
})

it('openssl takes it for a client and for nothing else', async () => {
  const { certificate } = await issueCertificate(kms.data, { arn: BACKUP, name: 'openssl' }, 1, out)
  const verify = (purpose: string) =>
    promisify(execFile)('openssl', ['verify', '-CAfile', tls('clients.pem'), '-purpose', purpose, certificate])
  expect((await verify('sslclient')).stdout).toContain('OK')
  await expect(verify('sslserver')).rejects.toThrow(/purpose/)
})

it('keys are for their owners alone, and the authority is not that of the server', async () => {
  const { key } = await issueCertificate(kms.data, { arn: BACKUP, name: 'modes' }, 1, out)
  for (const secret of [key, tls('clients-key.pem')]) expect(statSync(secret).mode & 0o777).toBe(0o600)
  const [clients, server] = ['clients.pem', 'ca.pem'].map((name) => new X509Certificate(readFileSync(tls(name))))
  expect(clients?.publicKey.equals(server?.publicKey as never)).toBe(false)
  const issued = new X509Certificate(readFileSync(file('modes.pem')))
  expect(issued.verify(clients?.publicKey as never)).toBe(true)
})

it('one that is issued again to the same place is another, and the first counts until it is revoked', async () => {
  const issue = () => issueCertificate(kms.data, { arn: BACKUP, name: 'twice' }, 1, out)
  const [first, second] = [await issue(), await issue()]
  expect(first.serial).not.toBe(second.serial)
  const issued = new IssuedCertificates(kms.data)
  // What a hand has written without the end of its line takes nothing away.
  appendFileSync(tls('revoked.txt'), '# by hand')
  await Promise.all([issued.revoke(first.serial), issued.revoke(first.serial)])
  const known = new Map((await issued.list()).map(({ serial, revoked }) => [serial, revoked]))
  expect([known.get(first.serial), known.get(second.serial)]).toEqual([true, false])
  expect(await outcome('twice')).toBe('ok')
})

it.each<[string, readonly string[], number, RegExp]>([
  ['a user that is not there', ['issue', 'nobody', '--out', out], 5, /a user that exists/],
  [
    'the ARN of a role',
    ['issue', 'arn:aws:iam::000000000001:role/night', '--out', out],
    2,
    /expected the ARN of a user/,
  ],
  ['no days', ['issue', BACKUP, '--out', out, '--days', '0'], 2, /1 to 3650 days/],
  ['a serial number that was not issued', ['revoke', 'ABCD'], 5, /hint: hufu tls list/],
  ['a serial number that is none', ['revoke', 'films'], 2, /expected a serial number in hex/],
])('refuses %s', async (_, args, code, said) => {
  const refused = await hufu(['tls', ...args, '--data', kms.data])
  expect(refused).toMatchObject({ code, stderr: expect.stringMatching(said) })
})

it('says what makes the authority where there is none, and that it has its own list', async () => {
  const none = issueCertificate(file('empty'), { arn: BACKUP, name: 'backup' }, 1, out)
  await expect(none).rejects.toMatchObject({
    exitCode: 5,
    hint: expect.stringContaining('--tls own --tls-client-ca own'),
  })
  const list = settingsSchema.parse({ tls: 'own', tlsClientCa: 'own', tlsRevoked: file('list') })
  const refused = clientCertificates(list, kms.data)
  await expect(refused).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('hufu tls revoke') })
})
