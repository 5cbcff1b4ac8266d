import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectoryFixture } from '../proxy-fixture.ts'
import { clientEnv, ok, run } from './run.ts'

const MiB = 1024 * 1024

describe('the aws command', () => {
  let fixture: Awaited<ReturnType<typeof startDirectoryFixture>>
  let env: Record<string, string>
  const aws = (...args: string[]) => ok('aws', args, env)
  const file = (name: string) => join(fixture.directory, name)
  const big = randomBytes(20 * MiB + 12_345)
  beforeAll(async () => {
    fixture = await startDirectoryFixture()
    env = clientEnv(fixture.proxy.url)
    await writeFile(file('big'), big)
    await writeFile(file('small'), 'hello')
    await aws('s3', 'mb', 's3://first')
  })
  afterAll(() => fixture[Symbol.asyncDispose]())

  it('makes, lists and removes buckets', async () => {
    await aws('s3', 'mb', 's3://second')
    expect(await aws('s3', 'ls')).toMatch(/first\n.* second\n/)
    expect(await aws('s3api', 'get-bucket-location', '--bucket', 'second')).toContain('local-1')
    await aws('s3', 'rb', 's3://second')
    const gone = await run('aws', ['s3', 'ls', 's3://second'], env)
    expect(gone.stderr).toContain('NoSuchBucket')
  })

  it('copies a file of several parts up and down', async () => {
    await aws('s3', 'cp', '--no-progress', file('big'), 's3://first/dir/big')
    await aws('s3', 'cp', '--no-progress', 's3://first/dir/big', file('big.back'))
    expect((await readFile(file('big.back'))).equals(big)).toBe(true)
    expect(await aws('s3', 'ls', 's3://first/dir/')).toMatch(new RegExp(` ${big.length} big\n`))
  })

  it('copies through pipes', async () => {
    await ok('sh', ['-c', `aws --endpoint-url $AWS_ENDPOINT_URL s3 cp - s3://first/piped < ${file('big')}`], env)
    const digest = await ok(
      'sh',
      ['-c', 'aws --endpoint-url $AWS_ENDPOINT_URL s3 cp s3://first/piped - | sha256sum'],
      env,
    )
    expect(digest).toBe(await ok('sh', ['-c', `sha256sum < ${file('big')}`], env))
  })

  it.each([
    ['bytes=65535-65536', 65_535, 65_537],
    ['bytes=5-17000000', 5, 17_000_001],
    ['bytes=-1', -1, undefined],
  ])('reads the range %s', async (range, start, end) => {
    const out = file('range')
    await aws('s3api', 'get-object', '--bucket', 'first', '--key', 'dir/big', '--range', range, out)
    expect((await readFile(out)).equals(big.subarray(start, end))).toBe(true)
  })

  it('is told that a range is beyond the end', async () => {
    const beyond = [
      's3api',
      'get-object',
      '--bucket',
      'first',
      '--key',
      'dir/big',
      '--range',
      `bytes=${big.length}-`,
      file('x'),
    ]
    expect((await run('aws', beyond, env)).stderr).toContain('InvalidRange')
  })

  it('sees plaintext sizes, the key, and its own metadata', async () => {
    await aws('s3', 'cp', '--metadata', 'colour=blue', '--content-type', 'text/x', file('small'), 's3://first/small')
    const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'first', '--key', 'small'))
    expect(head).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/x',
      Metadata: { colour: 'blue' },
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: fixture.authority.keyId,
    })
    const listed = JSON.parse(await aws('s3api', 'list-objects-v2', '--bucket', 'first', '--prefix', 'small'))
    expect(listed.Contents[0]).toMatchObject({ Size: 5, ETag: head.ETag })
  })

  it('copies, moves and removes in place, metadata kept', async () => {
    await aws('s3', 'cp', 's3://first/dir/big', 's3://first/copy')
    await aws('s3', 'cp', 's3://first/small', 's3://first/renamed')
    const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'first', '--key', 'renamed'))
    expect(head).toMatchObject({ Metadata: { colour: 'blue' }, ContentType: 'text/x' })
    await aws('s3', 'mv', 's3://first/copy', 's3://first/moved')
    await aws('s3', 'cp', '--no-progress', 's3://first/moved', file('moved'))
    expect((await readFile(file('moved'))).equals(big)).toBe(true)
    await aws('s3', 'rm', 's3://first/moved')
    expect(await aws('s3', 'ls', 's3://first/')).not.toContain('moved')
  })

  it('synchronises a folder, and finds nothing to do the second time', async () => {
    await ok(
      'sh',
      [
        '-c',
        `mkdir -p ${file('tree')}/a/b && cp ${file('small')} ${file('tree')}/a && cp ${file('big')} ${file('tree')}/a/b`,
      ],
      env,
    )
    expect(await aws('s3', 'sync', file('tree'), 's3://first/tree')).toContain('upload')
    expect(await aws('s3', 'sync', file('tree'), 's3://first/tree')).toBe('')
    await aws('s3', 'sync', 's3://first/tree', file('tree.back'))
    await ok('diff', ['-r', file('tree'), file('tree.back')])
    await aws('s3', 'rm', '--recursive', 's3://first/tree')
    expect((await run('aws', ['s3', 'ls', 's3://first/tree/'], env)).code).toBe(1)
  })

  it('reads a presigned URL', async () => {
    const url = (await aws('s3', 'presign', 's3://first/small', '--expires-in', '60')).trim()
    expect(await (await fetch(url)).text()).toBe('hello')
    expect((await fetch(url.replace('small', 'other'))).status).toBe(403)
  })

  it('runs an upload by hand, lists it, and aborts another', async () => {
    const at = ['--bucket', 'first', '--key', 'by-hand']
    const { UploadId: id } = JSON.parse(await aws('s3api', 'create-multipart-upload', ...at))
    await writeFile(file('part1'), big.subarray(0, 5 * MiB))
    await writeFile(file('part2'), big.subarray(5 * MiB, 5 * MiB + 100))
    for (const number of ['1', '2'])
      await aws(
        's3api',
        'upload-part',
        ...at,
        '--upload-id',
        id,
        '--part-number',
        number,
        '--body',
        file(`part${number}`),
      )
    const { Parts } = JSON.parse(await aws('s3api', 'list-parts', ...at, '--upload-id', id))
    expect(Parts).toMatchObject([
      { PartNumber: 1, Size: 5 * MiB },
      { PartNumber: 2, Size: 100 },
    ])
    const uploads = JSON.parse(await aws('s3api', 'list-multipart-uploads', '--bucket', 'first'))
    expect(uploads.Uploads).toMatchObject([{ Key: 'by-hand', UploadId: id }])
    const parts = JSON.stringify({
      Parts: Parts.map(({ PartNumber, ETag }: Record<string, unknown>) => ({ PartNumber, ETag })),
    })
    await aws('s3api', 'complete-multipart-upload', ...at, '--upload-id', id, '--multipart-upload', parts)
    await aws('s3', 'cp', '--no-progress', 's3://first/by-hand', file('by-hand'))
    expect((await readFile(file('by-hand'))).equals(big.subarray(0, 5 * MiB + 100))).toBe(true)
    const other = JSON.parse(await aws('s3api', 'create-multipart-upload', ...at))
    await aws('s3api', 'abort-multipart-upload', ...at, '--upload-id', other.UploadId)
    expect(await aws('s3api', 'list-multipart-uploads', '--bucket', 'first')).not.toContain(other.UploadId)
  })

  it('is told clearly that the key is disabled', async () => {
    fixture.authority.setEnabled(false)
    const refused = await run('aws', ['s3', 'cp', 's3://first/small', '-'], env)
    fixture.authority.setEnabled(true)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/KMS\.DisabledException.*disabled/)
    expect(await aws('s3', 'cp', 's3://first/small', '-')).toBe('hello')
  })

  it('leaves no plaintext in the directory, and nothing that compresses', async () => {
    await ok(
      'sh',
      ['-c', `head -c 3000000 /dev/zero | tr '\\0' x | aws --endpoint-url $AWS_ENDPOINT_URL s3 cp - s3://first/plain`],
      env,
    )
    const found = await run('grep', ['-rl', 'xxxxxxxxxxxxxxxx', file('data')])
    expect(found).toMatchObject({ code: 1, stdout: '' })
    const [stored, packed] = (
      await ok('sh', ['-c', `cat ${file('data')}/*/* | wc -c; cat ${file('data')}/*/* | gzip -c | wc -c`])
    ).split('\n')
    expect(Number(packed)).toBeGreaterThan(Number(stored))
  })
})
