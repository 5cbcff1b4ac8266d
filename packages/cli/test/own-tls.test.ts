import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { promisify } from 'node:util'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownTls } from '../src/up/tls/own-tls.ts'
import { hufu, RunningKms } from './support/hufu.ts'

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
    running = await new RunningKms().start(['--pkcs11', 'off', '--tls', 'own', '--s3-port', '0'])
  })
  afterAll(() => running?.[Symbol.asyncDispose]())

  const caFile = () => join(running.data, 'tls', 'ca.pem')
  const authority = () => readFile(caFile(), 'utf8')

  async function aws(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
    const { accessKeyId, secretAccessKey } = running.credentials
    const { PATH, HOME } = process.env
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const env = { PATH, HOME, ...keys, AWS_DEFAULT_REGION: 'local-1', AWS_CONFIG_FILE: '/dev/null', ...more }
    return (await promisify(execFile)('aws', [...args, '--output', 'json'], { env })).stdout
  }

  it('is believed by who knows the CA: Node, the aws command and hufu', async () => {
    const { kmsEndpoint } = running.credentials
    expect(kmsEndpoint).toMatch(/^https:/)
    expect(await peer(Number(new URL(kmsEndpoint).port), await authority())).toMatchObject({
      subject: { CN: 'Hufu KMS' },
    })
    const stdout = await aws(['kms', 'create-key', '--endpoint-url', kmsEndpoint], { AWS_CA_BUNDLE: caFile() })
    expect(JSON.parse(stdout).KeyMetadata.KeyState).toBe('Enabled')
    const listed = await hufu(['key', 'list', '--data', running.data, '--json'])
    expect(listed.stdout.toString()).toContain(JSON.parse(stdout).KeyMetadata.KeyId)
  })

  it('keeps objects by https, for the aws command and the SDK', async () => {
    const { s3Endpoint = '', accessKeyId, secretAccessKey } = running.credentials
    expect(s3Endpoint).toMatch(/^https:/)
    const given = join(data, 'given')
    await writeFile(given, 'the order')
    const bundle = ['--endpoint-url', s3Endpoint, '--ca-bundle', caFile()]
    await aws(['s3', 'mb', 's3://films', ...bundle])
    await aws(['s3', 'cp', given, 's3://films/order', ...bundle])
    const requestHandler = { httpsAgent: new Agent({ ca: await authority() }) }
    const credentials = { accessKeyId, secretAccessKey }
    const client = new S3Client({
      endpoint: s3Endpoint,
      region: 'local-1',
      forcePathStyle: true,
      credentials,
      requestHandler,
    })
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'films', Key: 'order' }))
      expect(await Body?.transformToString()).toBe('the order')
      const body = Buffer.alloc(300_000, 'reel ')
      await client.send(new PutObjectCommand({ Bucket: 'films', Key: 'reel', Body: body }))
    } finally {
      client.destroy()
    }
    await aws(['s3', 'cp', 's3://films/reel', join(data, 'reel'), ...bundle])
    expect((await readFile(join(data, 'reel'))).equals(Buffer.alloc(300_000, 'reel '))).toBe(true)
  })

  it('is not believed by who does not', async () => {
    const { kmsEndpoint, s3Endpoint = '' } = running.credentials
    for (const endpoint of [kmsEndpoint, s3Endpoint])
      await expect(peer(Number(new URL(endpoint).port))).rejects.toThrow(/certificate/)
    await expect(aws(['s3', 'ls', '--endpoint-url', s3Endpoint], { AWS_MAX_ATTEMPTS: '1' })).rejects.toThrow(/SSL/)
  })
})

/** The server's certificate, once the handshake is done. */
function peer(port: number, ca?: string): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...(ca === undefined ? {} : { ca }) }, () => {
      resolve(socket.getPeerCertificate())
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
