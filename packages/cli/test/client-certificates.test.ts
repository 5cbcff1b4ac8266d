import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const SOON = { timeout: 30_000 }
const run = promisify(execFile)

let dir: string
let running: RunningKms

const file = (name: string): string => join(dir, name)

/** The recipe of docs/identities.md. */
async function issue(): Promise<void> {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const ca = ['-subj', '/CN=clients', '-days', '30', '-keyout', file('clients-key.pem'), '-out', file('clients.pem')]
  await run('openssl', ['req', '-x509', ...ec, ...ca])
  const asked = ['-subj', '/CN=backup', '-keyout', file('backup-key.pem'), '-out', file('backup.csr')]
  await run('openssl', ['req', ...ec, ...asked])
  await writeFile(
    file('names'),
    'subjectAltName=URI:arn:aws:iam::000000000001:user/backup\nextendedKeyUsage=clientAuth\n',
  )
  const signing = ['-CA', file('clients.pem'), '-CAkey', file('clients-key.pem'), '-CAcreateserial', '-days', '2']
  const made = ['-extfile', file('names'), '-out', file('backup.pem')]
  await run('openssl', ['x509', '-req', '-in', file('backup.csr'), ...signing, ...made])
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-client-certificates-'))
  await issue()
  await writeFile(file('revoked'), '# none yet\n')
  const clients = ['--tls-client-ca', file('clients.pem'), '--tls-revoked', file('revoked')]
  running = await new RunningKms().start(['--pkcs11', 'off', '--tls', 'own', ...clients])
})
afterAll(async () => {
  await running?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

async function ask(action: string): Promise<Record<string, unknown>> {
  const proof = ['--cacert', join(running.data, 'tls', 'ca.pem'), '--cert', file('backup.pem')]
  const headers = ['-H', 'content-type: application/x-amz-json-1.1', '-H', `x-amz-target: TrentService.${action}`]
  const { kmsEndpoint } = running.credentials
  const key = ['--key', file('backup-key.pem')]
  const { stdout } = await run('curl', ['-sS', ...proof, ...key, ...headers, '-d', '{}', kmsEndpoint])
  return JSON.parse(stdout)
}

it('a user whom a certificate names, and who may come by one, needs no access key', async () => {
  await running.json('user', 'create', 'backup')
  expect(await ask('ListKeys')).toMatchObject({ __type: 'UnrecognizedClientException', code: 'CertificateRefused' })
  await writeFile(
    file('policy.json'),
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['kms:AuthenticateByCertificate', 'kms:ListKeys'], Resource: '*' }],
    }),
  )
  const put = ['user', 'put-policy', 'backup', 'own', file('policy.json'), '--data', running.data]
  expect(await hufu(put)).toMatchObject({ code: 0 })
  await expect.poll(() => ask('ListKeys'), SOON).toMatchObject({ Truncated: false })
  expect(await ask('CreateKey')).toMatchObject({ __type: 'AccessDeniedException' })
})

it('a certificate that is on the list counts no more', async () => {
  const { serialNumber } = new X509Certificate(await readFile(file('backup.pem')))
  await appendFile(file('revoked'), `serial=${serialNumber.toLowerCase()} # lost\n`)
  await expect.poll(() => ask('ListKeys'), SOON).toMatchObject({ message: expect.stringContaining('revoked') })
  await rm(file('revoked'))
  await expect.poll(() => ask('ListKeys'), SOON).toMatchObject({ message: expect.stringContaining('can not be read') })
})

it.each([
  ['without https', 2, () => ['--tls-client-ca', file('clients.pem')], /--tls own/],
  ['with a list and no CA', 2, () => ['--tls', 'own', '--tls-revoked', file('names')], /--tls-client-ca/],
  ['with a CA that is none', 8, () => ['--tls', 'own', '--tls-client-ca', file('names')], /CA's certificate/],
  [
    'with a list that is none',
    8,
    () => ['--tls', 'own', '--tls-client-ca', file('clients.pem'), '--tls-revoked', file('names')],
    /serial number in hex/,
  ],
])('hufu up does not start %s', async (_how, code, args, said) => {
  const data = file('other')
  const ended = await hufu(['up', '--only', 'kms', '--kms-port', '0', '--pkcs11', 'off', '--data', data, ...args()])
  expect(ended).toMatchObject({ code, stderr: expect.stringMatching(said) })
})
