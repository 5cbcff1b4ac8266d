import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as tencent from 'tencentcloud-sdk-nodejs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Hufu } from './support/hufu.ts'

const MARK = 'the tally halves must match before an order is obeyed '
const SIZE = 100 * 2 ** 20 + 12_345
const work = mkdtempSync(join(tmpdir(), 'hufu-first-light-'))
const original = join(work, 'original')
/** Compressible, and every stretch of it recognisable: what is left of it in the store would be seen. */
const plaintext = Buffer.alloc(SIZE)
for (let at = 0, line = 0; at < SIZE; line++) at += plaintext.write(`${String(line).padStart(9, '0')} ${MARK}`, at)

let hufu: Hufu
beforeAll(async () => {
  writeFileSync(original, plaintext)
  hufu = await Hufu.start()
})
afterAll(async () => {
  await hufu?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

async function ok(service: 's3' | 's3api' | 'kms', ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await hufu.aws(service, ...args)
  expect(`${code} ${stderr}`.trim()).toBe('0')
  return stdout
}
const json = async (service: 's3api' | 'kms', ...args: string[]) =>
  JSON.parse(await ok(service, ...args, '--output', 'json'))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const storedFiles = () =>
  readdirSync(hufu.data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))

describe('the main job, with what `up` printed and the unmodified aws command', () => {
  it('prints the lines to paste', () => {
    expect(hufu.printed).toContain(`export AWS_ACCESS_KEY_ID=${hufu.credentials.accessKeyId}`)
    expect(hufu.printed).toContain('export AWS_SECRET_ACCESS_KEY=')
    expect(hufu.printed).toContain(hufu.credentials.s3Endpoint)
    expect(hufu.printed).toMatch(/HSM|SOFTWARE/)
  })

  it('has a page at the console URL that it wrote down, and every file that the page names', async () => {
    const { consoleUrl } = hufu.credentials
    const page = await (await fetch(consoleUrl)).text()
    expect(page).toContain('<title>Hufu')
    for (const [, file] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await fetch(new URL(file ?? '', consoleUrl))).status).toBe(200)
  })

  it('stores 100 MB by multipart and reads it back byte for byte', async () => {
    await ok('s3', 'mb', 's3://films')
    await ok('s3', 'cp', '--quiet', original, 's3://films/reel/1')
    await ok('s3', 'cp', '--quiet', 's3://films/reel/1', join(work, 'copy'))
    expect(sha256(readFileSync(join(work, 'copy')))).toBe(sha256(plaintext))
    expect(await ok('s3', 'ls', 's3://films/reel/')).toMatch(new RegExp(`\\s${SIZE} 1\\s`))
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=65535-65536', 65_535, 65_537],
    ['bytes=8388600-8388700', 8_388_600, 8_388_701],
    [`bytes=${SIZE - 70_000}-`, SIZE - 70_000, SIZE],
    ['bytes=-5', SIZE - 5, SIZE],
    ['bytes=1000000-30000000', 1_000_000, 30_000_001],
  ])('answers the range %s', async (range, start, end) => {
    const file = join(work, 'range')
    const answer = await json('s3api', 'get-object', '--bucket', 'films', '--key', 'reel/1', '--range', range, file)
    expect(answer.ContentLength).toBe(end - start)
    expect(sha256(readFileSync(file))).toBe(sha256(plaintext.subarray(start, end)))
  })

  it('leaves nothing of the plaintext in the data directory, and nothing that compresses', () => {
    const files = storedFiles()
    expect(files.some((bytes) => bytes.includes(MARK))).toBe(false)
    const large = files.filter((bytes) => bytes.length > 2 ** 20)
    expect(large.reduce((sum, bytes) => sum + bytes.length, 0)).toBeGreaterThan(SIZE)
    for (const bytes of large) expect(gzipSync(bytes, { level: 1 }).length / bytes.length).toBeGreaterThan(0.99)
  })

  it('makes keys and uses them with the same credentials', async () => {
    const { KeyMetadata } = await json('kms', 'create-key', '--description', 'first')
    const secret = join(work, 'secret')
    writeFileSync(secret, 'the order')
    const { CiphertextBlob } = await json(
      'kms',
      'encrypt',
      '--key-id',
      KeyMetadata.KeyId,
      '--plaintext',
      `fileb://${secret}`,
      '--encryption-context',
      'case=7',
    )
    const sealed = join(work, 'sealed')
    writeFileSync(sealed, Buffer.from(CiphertextBlob, 'base64'))
    const opened = await json(
      'kms',
      'decrypt',
      '--ciphertext-blob',
      `fileb://${sealed}`,
      '--encryption-context',
      'case=7',
    )
    expect(Buffer.from(opened.Plaintext, 'base64').toString()).toBe('the order')
    expect(
      (await hufu.aws('kms', 'decrypt', '--ciphertext-blob', `fileb://${sealed}`, '--encryption-context', 'case=8'))
        .stderr,
    ).toContain('InvalidCiphertextException')
    const dataKey = await json('kms', 'generate-data-key', '--key-id', KeyMetadata.KeyId, '--key-spec', 'AES_256')
    expect(Buffer.from(dataKey.Plaintext, 'base64')).toHaveLength(32)
  })

  it('does the same through the Tencent Cloud SDK', async () => {
    const { accessKeyId, secretAccessKey, kmsEndpoint } = hufu.credentials
    const client = new tencent.kms.v20190118.Client({
      credential: { secretId: accessKeyId, secretKey: secretAccessKey },
      region: 'ap-guangzhou',
      profile: { httpProfile: { protocol: 'http://', endpoint: new URL(kmsEndpoint).host } },
    })
    const { KeyId = '' } = await client.CreateKey({ Alias: 'from-tencent' })
    const { CiphertextBlob = '' } = await client.Encrypt({ KeyId, Plaintext: Buffer.from('order').toString('base64') })
    const { Plaintext } = await client.Decrypt({ CiphertextBlob })
    expect(Buffer.from(Plaintext ?? '', 'base64').toString()).toBe('order')
    expect(
      Buffer.from((await client.GenerateDataKey({ KeyId, KeySpec: 'AES_256' })).Plaintext ?? '', 'base64'),
    ).toHaveLength(32)
    expect((await client.ListKeys({ Limit: 200 })).Keys?.map((key) => key.KeyId)).toContain(KeyId)
    await client.DisableKey({ KeyId })
    expect((await client.DescribeKey({ KeyId })).KeyMetadata?.KeyState).toBe('Disabled')
    await expect(client.Decrypt({ CiphertextBlob })).rejects.toMatchObject({ code: 'ResourceUnavailable.CmkDisabled' })
    await client.EnableKey({ KeyId })
    expect((await client.DescribeKey({ KeyId })).KeyMetadata?.KeyState).toBe('Enabled')
  })
})

describe('revocation', () => {
  it('refuses a read while the key is disabled, and serves it again once it is enabled', async () => {
    const { KeyMetadata } = await json('kms', 'describe-key', '--key-id', 'alias/s3')
    const get = () =>
      hufu.aws(
        's3api',
        'get-object',
        '--bucket',
        'films',
        '--key',
        'reel/1',
        '--range',
        'bytes=0-99',
        join(work, 'range'),
      )
    await ok('kms', 'disable-key', '--key-id', KeyMetadata.KeyId)
    const refused = await get()
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/disabled/i)
    await ok('kms', 'enable-key', '--key-id', KeyMetadata.KeyId)
    expect((await get()).code).toBe(0)
  })
})

describe('SIGKILL', () => {
  it('loses nothing that was answered', async () => {
    const small = randomBytes(70_000)
    writeFileSync(join(work, 'small'), small)
    await ok('s3', 'cp', '--quiet', join(work, 'small'), 's3://films/small')
    const { KeyMetadata } = await json('kms', 'create-key')
    await hufu.end('SIGKILL')
    hufu = await Hufu.start(hufu.data)
    expect((await json('kms', 'describe-key', '--key-id', KeyMetadata.KeyId)).KeyMetadata.KeyState).toBe('Enabled')
    await ok('s3', 'cp', '--quiet', 's3://films/small', join(work, 'small-copy'))
    expect(sha256(readFileSync(join(work, 'small-copy')))).toBe(sha256(small))
    const { stdout } = await hufu.hufu('audit', 'list', '--json')
    expect(stdout).toContain(KeyMetadata.KeyId)
  })
})

describe('the audit', () => {
  it('shows who, what, which key, from where, and the outcome, of refused requests too', async () => {
    const { KeyMetadata } = await json('kms', 'create-key')
    expect((await hufu.aws('kms', 'disable-key', '--key-id', KeyMetadata.KeyId)).code).toBe(0)
    expect(
      (await hufu.aws('kms', 'generate-data-key', '--key-id', KeyMetadata.KeyId, '--key-spec', 'AES_256')).code,
    ).not.toBe(0)
    expect((await hufu.withSecret('wrong').aws('kms', 'list-keys')).stderr).toContain('Signature')
    const { stdout } = await hufu.hufu('audit', 'list', '--json')
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const source = { principal: expect.stringMatching(/:root$/), sourceIp: '127.0.0.1' }
    const key = KeyMetadata.Arn
    expect(records).toContainEqual(expect.objectContaining({ ...source, action: 'CreateKey', key, outcome: 'ok' }))
    expect(records).toContainEqual(
      expect.objectContaining({ ...source, action: 'GenerateDataKey', key, outcome: 'KeyDisabled' }),
    )
    expect(records.some((record) => record.action === 'ListKeys' && record.outcome !== 'ok')).toBe(true)
  })
})
