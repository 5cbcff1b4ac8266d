import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownTls } from '../src/up/tls/own-tls.ts'
import { command, hufu, RunningKms } from './support/hufu.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2030, 0, 1)

let data: string
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'hufu-own-tls-'))
})
afterAll(() => rm(data, { recursive: true, force: true }))

const file = (name: string) => join(data, 'tls', name)
const authority = () => readFile(file('ca.pem'), 'utf8')

describe('an own certificate authority', () => {
  it('signs a certificate of this machine, keeps both, and keeps the keys to its owner', async () => {
    const first = await ownTls(data, '127.0.0.1', NOW)
    const certificate = new X509Certificate(first.cert)
    const ca = new X509Certificate(await authority())
    expect(ca.ca).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(first.key))).toBe(true)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBeDefined()
    expect(certificate.checkIP('192.0.2.1')).toBeUndefined()
    for (const name of ['ca-key.pem', 'server-key.pem']) expect((await stat(file(name))).mode & 0o777).toBe(0o600)
    expect(await ownTls(data, '127.0.0.1', NOW + DAY)).toEqual(first)
  })

  it('makes the certificate anew before it ends, and for another address; the authority stays', async () => {
    const ca = await authority()
    const first = await ownTls(data, '127.0.0.1', NOW)
    const later = await ownTls(data, '127.0.0.1', NOW + 61 * DAY)
    expect(later.cert).not.toBe(first.cert)
    expect(Date.parse(new X509Certificate(later.cert).validTo)).toBeGreaterThan(NOW + 150 * DAY)
    const moved = await ownTls(data, '192.0.2.1', NOW + 61 * DAY)
    expect(new X509Certificate(moved.cert).checkIP('192.0.2.1')).toBeDefined()
    expect(await authority()).toBe(ca)
  })

  it('makes a pair anew that a start left half made', async () => {
    const { cert } = await ownTls(data, '127.0.0.1', NOW)
    await rm(file('server-key.pem'))
    expect((await ownTls(data, '127.0.0.1', NOW)).cert).not.toBe(cert)
  })
})

describe('hufu up --tls own', () => {
  let running: RunningKms
  beforeAll(async () => {
    running = await new RunningKms().start(['--pkcs11', 'off', '--tls', 'own'])
  })
  afterAll(() => running?.[Symbol.asyncDispose]())

  const caFile = () => join(running.data, 'tls', 'ca.pem')

  it('is believed by who knows the CA: Node, the aws command and hufu', async () => {
    const { kmsEndpoint, accessKeyId, secretAccessKey } = running.credentials
    expect(kmsEndpoint).toMatch(/^https:/)
    expect(await peer(Number(new URL(kmsEndpoint).port), await readFile(caFile(), 'utf8'))).toMatchObject({
      subject: { CN: 'Hufu KMS' },
    })
    const { PATH, HOME } = process.env
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const env = { PATH, HOME, ...keys, AWS_DEFAULT_REGION: 'local-1', AWS_CA_BUNDLE: caFile() }
    const args = ['kms', 'create-key', '--endpoint-url', kmsEndpoint, '--output', 'json']
    const { stdout } = await promisify(execFile)('aws', args, { env })
    expect(JSON.parse(stdout).KeyMetadata.KeyState).toBe('Enabled')
    const list = [command, 'key', 'list', '--data', running.data, '--json']
    const listed = await promisify(execFile)(process.execPath, list, { env: { PATH, NODE_EXTRA_CA_CERTS: caFile() } })
    expect(listed.stdout).toContain(JSON.parse(stdout).KeyMetadata.KeyId)
  })

  it('is not believed by who does not', async () => {
    const { stderr, code } = await hufu(['key', 'list', '--data', running.data])
    expect(code).not.toBe(0)
    expect(stderr).not.toBe('')
  })
})

/** The server's certificate, once the handshake is done. */
function peer(port: number, ca: string): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca }, () => {
      resolve(socket.getPeerCertificate())
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
