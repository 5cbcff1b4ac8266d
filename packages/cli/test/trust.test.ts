import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, RunningKms } from './support/hufu.ts'
import { s3Client } from './support/s3-client.ts'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const kms = new RunningKms()
/** A system with another CA. */
const other = new RunningKms()
const work = mkdtempSync(join(tmpdir(), 'hufu-trust-'))
/** The first one's credentials, where nothing says what its CA is. */
const far = join(work, 'far')
let ca: string
let otherCa: string
let credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly kmsEndpoint: string }
let proxy: ChildProcess | undefined

beforeAll(async () => {
  const regions = { regions: [region('local-1', kms), region('north-1', other)] }
  writeFileSync(join(work, 'replicas.json'), JSON.stringify(regions))
  const own = ['--pkcs11', 'off', '--tls', 'own', '--regions', join(work, 'replicas.json')]
  await Promise.all([kms.start([...own, '--s3-port', '0']), other.start([...own, '--region', 'north-1'])])
  ca = join(kms.data, 'tls', 'ca.pem')
  otherCa = join(other.data, 'tls', 'ca.pem')
  const { caFile: _, ...rest } = JSON.parse(readFileSync(join(kms.data, 'credentials.json'), 'utf8'))
  credentials = rest
  mkdirSync(far)
  writeFileSync(join(far, 'credentials.json'), JSON.stringify(rest), { mode: 0o600 })
})
afterAll(async () => {
  proxy?.kill('SIGKILL')
  await hufu(['umount', '--lazy', join(work, 'mnt')])
  await Promise.all([kms[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
  rmSync(work, { recursive: true, force: true })
})

const region = (name: string, { data }: RunningKms) => ({ name, credentials: join(data, 'credentials.json') })

/** The command with nothing in its environment that tells of a CA, but what is given. */
function hufu(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const whole = { PATH: process.env.PATH, HOME: '/nonexistent', TMPDIR: work, ...env }
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env: whole }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

async function done(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await hufu(args, env)
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return stdout
}

const TOLD = /certificate of 127\.0\.0\.1:\d+ is not trusted .*\nhint: .*--ca.*HUFU_CA/

it('knows the CA of its own data directory', async () => {
  await done(['key', 'create', '--alias', 'films', '--data', kms.data])
  expect(await done(['doctor', '--data', kms.data])).not.toMatch(/FAIL/)
})

it('says what to type where it does not know the CA', async () => {
  const [asked, user, wrong] = await Promise.all([
    hufu(['key', 'list', '--data', far]),
    hufu(['user', 'list', '--data', far]),
    hufu(['key', 'list', '--data', far, '--ca', otherCa]),
  ])
  for (const refused of [asked, user, wrong])
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(TOLD) })
  const { code, stdout } = await hufu(['doctor', '--data', far])
  expect(code).toBe(1)
  expect(stdout).toMatch(/FAIL {2}s3: the certificate of .* is not trusted/)
  expect(stdout).toMatch(/FAIL {2}kms: the certificate of .*\n.*--ca/)
})

it('says so when the file of the CA is none', async () => {
  writeFileSync(join(work, 'none.pem'), 'no certificate')
  for (const file of [join(work, 'none.pem'), join(work, 'absent.pem')]) {
    const refused = await hufu(['key', 'list', '--data', far], { HUFU_CA: file })
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`certificate in PEM in ${file}`) })
  }
})

it('takes it by --ca and by HUFU_CA, in every kind of command', { timeout: 240_000 }, async () => {
  const [plain, sealed, volume] = ['plain', 'sealed', 'volume'].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(plain, 'the order')
  const env = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    HUFU_ENDPOINT: credentials.kmsEndpoint,
    HUFU_CA: ca,
  }
  await Promise.all([
    done(['key', 'describe', 'alias/films', '--data', far, '--ca', ca]),
    done(['user', 'create', 'alice', '--data', far, '--ca', ca]),
    done(['group', 'list'], env),
    done(['doctor', '--data', far, '--ca', ca]),
    done(['volume', 'init', volume, '-k', 'alias/films', '--data', far, '--ca', ca]),
    done(['encrypt', plain, '-k', 'alias/films', '-o', sealed, '--data', far, '--ca', ca]),
  ])
  expect(await done(['decrypt', sealed], env)).toBe('the order')
  expect(await done(['audit', 'list', '--limit', '1', '--json'], env)).toContain('Decrypt')
  await mkdir(join(work, 'mnt'))
  const mounted = await hufu(['mount', volume, join(work, 'mnt'), '--data', far, '--ca', ca])
  expect(mounted).toMatchObject({ code: 0, stderr: expect.stringContaining(' shows ') })
  await writeFile(join(work, 'mnt', 'letter'), 'the letter')
  expect(await readFile(join(work, 'mnt', 'letter'), 'utf8')).toBe('the letter')
  await done(['umount', join(work, 'mnt')])
})

it('rewraps what lies behind an S3 port of that CA', { timeout: 240_000 }, async () => {
  const s3 = s3Client(kms.credentials.s3Endpoint ?? '', credentials, readFileSync(ca, 'utf8'))
  expect(await s3('PUT', '/films')).toMatchObject({ status: 200 })
  expect(await s3('PUT', '/films/order', 'the order')).toMatchObject({ status: 200 })
  const rewrap = ['rewrap', 's3://films/order', '-k', 'alias/films', '--json', '--data', far]
  expect(await hufu(rewrap)).toMatchObject({ code: 3, stderr: expect.stringContaining('CertificateNotTrusted') })
  expect(JSON.parse(await done([...rewrap, '--ca', ca]))).toMatchObject({ rewrapped: 1, failed: 0 })
  expect(await s3('GET', '/films/order')).toEqual({ status: 200, text: 'the order' })
})

it('replicates a key to another region over https, each of its own CA', { timeout: 240_000 }, async () => {
  const { keyId } = await kms.json('key', 'create', '--multi-region')
  expect(await kms.json('key', 'replicate', String(keyId), 'north-1')).toMatchObject({
    keyId,
    arn: expect.stringContaining(':north-1:'),
  })
  expect(await other.json('key', 'describe', String(keyId))).toMatchObject({
    sourceRegion: 'local-1',
    isSyncReplica: 1,
  })
})

it('knows the CA of each region: its own, or the one given', { timeout: 240_000 }, async () => {
  await done(['key', 'create', '--alias', 'films', '--data', other.data])
  const regions = join(work, 'regions.json')
  const a = { name: 'a', credentials: join(far, 'credentials.json'), ca }
  const b = { name: 'b', credentials: join(other.data, 'credentials.json') }
  writeFileSync(regions, JSON.stringify({ regions: [a, b] }))
  const sealed = join(work, 'twice')
  const keys = ['-k', 'a:alias/films', '-k', 'b:alias/films', '--regions', regions]
  await done(['encrypt', join(work, 'plain'), ...keys, '-o', sealed])
  expect(await done(['decrypt', sealed, '--regions', regions])).toBe('the order')
})

it('starts the S3 proxy alone with a CA given for the KMS, and speaks https by a CA of its own', {
  timeout: 240_000,
}, async () => {
  const where = ['--data', far, '--kms-endpoint', credentials.kmsEndpoint, '--tls', 'own']
  const args = ['up', '--only', 's3', '--s3-port', '0', ...where, '--json']
  const { code, stderr } = await hufu(args)
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('CertificateNotTrusted') })
  const env = { PATH: process.env.PATH, HUFU_CA: ca }
  proxy = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(proxy.stdout as NodeJS.ReadableStream, 'data')
  const { s3Endpoint, caFile } = JSON.parse(String(line))
  expect({ s3Endpoint, caFile }).toEqual({
    s3Endpoint: expect.stringMatching(/^https:/),
    caFile: join(far, 'tls', 'ca.pem'),
  })
  const s3 = s3Client(s3Endpoint, credentials, readFileSync(caFile, 'utf8'))
  expect(await s3('PUT', '/alone')).toMatchObject({ status: 200 })
  expect(await s3('PUT', '/alone/order', 'the order')).toMatchObject({ status: 200 })
  expect(await s3('GET', '/alone/order')).toEqual({ status: 200, text: 'the order' })
  await expect(s3Client(s3Endpoint, credentials, readFileSync(ca, 'utf8'))('GET', '/')).rejects.toThrow(/certificate/)
})
