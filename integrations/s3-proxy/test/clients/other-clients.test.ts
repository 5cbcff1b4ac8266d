import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectoryFixture } from '../proxy-fixture.ts'
import { clientEnv, ok } from './run.ts'

const MiB = 1024 * 1024

describe('other clients', () => {
  let fixture: Awaited<ReturnType<typeof startDirectoryFixture>>
  let env: Record<string, string>
  const big = randomBytes(17 * MiB + 5)
  const file = (name: string) => join(fixture.directory, name)
  beforeAll(async () => {
    fixture = await startDirectoryFixture()
    env = { ...clientEnv(fixture.proxy.url), HOME: fixture.directory }
    await mkdir(file('tree/deep'), { recursive: true })
    await writeFile(file('tree/big'), big)
    await writeFile(file('tree/deep/small name ü'), 'small')
  })
  afterAll(() => fixture[Symbol.asyncDispose]())

  it('s3cmd puts, lists, gets and removes', async () => {
    const { host } = new URL(fixture.proxy.url)
    const s3cmd = (...args: string[]) =>
      ok(
        's3cmd',
        [
          '-c',
          '/dev/null',
          '--no-ssl',
          '--no-progress',
          `--host=${host}`,
          `--host-bucket=${host}`,
          '--access_key=AKIATEST',
          '--secret_key=test-secret',
          '--region=local-1',
          ...args,
        ],
        env,
      )
    await s3cmd('mb', 's3://s3cmd')
    await s3cmd('put', '--multipart-chunk-size-mb=5', file('tree/big'), 's3://s3cmd/big')
    await s3cmd('put', file('tree/deep/small name ü'), 's3://s3cmd/small name ü')
    expect(await s3cmd('ls', 's3://s3cmd/')).toMatch(new RegExp(`${big.length} .*s3://s3cmd/big\n.* 5 .*small name ü`))
    await s3cmd('get', '--force', 's3://s3cmd/big', file('back'))
    expect((await readFile(file('back'))).equals(big)).toBe(true)
    await s3cmd('cp', 's3://s3cmd/big', 's3://s3cmd/copy')
    await s3cmd('del', 's3://s3cmd/big', 's3://s3cmd/copy', 's3://s3cmd/small name ü')
    await s3cmd('rb', 's3://s3cmd')
  })

  it('rclone copies and checks a tree, and has nothing to do the second time', async () => {
    const config = {
      ...env,
      RCLONE_CONFIG: file('rclone.conf'),
      RCLONE_CONFIG_HUFU_TYPE: 's3',
      RCLONE_CONFIG_HUFU_PROVIDER: 'Other',
      RCLONE_CONFIG_HUFU_ENDPOINT: fixture.proxy.url,
      RCLONE_CONFIG_HUFU_REGION: 'local-1',
      RCLONE_CONFIG_HUFU_ACCESS_KEY_ID: 'AKIATEST',
      RCLONE_CONFIG_HUFU_SECRET_ACCESS_KEY: 'test-secret',
      RCLONE_S3_UPLOAD_CUTOFF: '5Mi',
      RCLONE_S3_CHUNK_SIZE: '5Mi',
    }
    const rclone = (...args: string[]) => ok('rclone', args, config)
    await rclone('mkdir', 'hufu:rclone')
    await rclone('copy', file('tree'), 'hufu:rclone/tree')
    await rclone('check', file('tree'), 'hufu:rclone/tree')
    await rclone('check', '--download', file('tree'), 'hufu:rclone/tree')
    expect(await rclone('size', '--json', 'hufu:rclone')).toContain(`"bytes":${big.length + 5}`)
    const again = await ok(
      'sh',
      ['-c', `rclone copy -v --stats-one-line ${file('tree')} hufu:rclone/tree 2>&1`],
      config,
    )
    expect(again).not.toContain('Copied')
    await rclone('copy', 'hufu:rclone/tree', file('tree.back'))
    await ok('diff', ['-r', file('tree'), file('tree.back')])
    await rclone('purge', 'hufu:rclone')
  })

  it('restic backs up, checks every byte and restores', async () => {
    const config = {
      ...env,
      RESTIC_REPOSITORY: `s3:${fixture.proxy.url}/restic`,
      RESTIC_PASSWORD: 'x',
      RESTIC_CACHE_DIR: file('cache'),
    }
    await ok('aws', ['s3', 'mb', 's3://restic'], env)
    await ok('restic', ['init'], config)
    await ok('restic', ['backup', file('tree')], config)
    expect(await ok('restic', ['check', '--read-data'], config)).toContain('no errors were found')
    await ok('restic', ['restore', 'latest', '--target', file('restored')], config)
    await ok('diff', ['-r', file('tree'), join(file('restored'), file('tree'))])
    await ok('restic', ['forget', '--keep-last', '1', '--prune'], config)
  })

  it('boto3 puts, ranges, copies, uploads and deletes in batches', async () => {
    const script = `
import boto3, io, os
s3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT_URL'])
s3.create_bucket(Bucket='boto', CreateBucketConfiguration={'LocationConstraint': 'local-1'})
data = open(os.environ['BIG'], 'rb').read()
s3.upload_fileobj(io.BytesIO(data), 'boto', 'big', ExtraArgs={'Metadata': {'k': 'v'}})
assert s3.get_object(Bucket='boto', Key='big')['Body'].read() == data
got = s3.get_object(Bucket='boto', Key='big', Range='bytes=1000-2000')
assert got['Body'].read() == data[1000:2001] and got['ContentRange'] == f'bytes 1000-2000/{len(data)}'
s3.copy_object(CopySource={'Bucket': 'boto', 'Key': 'big'}, Bucket='boto', Key='copy')
head = s3.head_object(Bucket='boto', Key='copy')
assert head['Metadata'] == {'k': 'v'} and head['ContentLength'] == len(data), head
for i in range(7): s3.put_object(Bucket='boto', Key=f'many/{i}', Body=b'x')
pages = list(s3.get_paginator('list_objects_v2').paginate(Bucket='boto', Prefix='many/', PaginationConfig={'PageSize': 3}))
assert [o['Key'] for p in pages for o in p['Contents']] == [f'many/{i}' for i in range(7)]
deleted = s3.delete_objects(Bucket='boto', Delete={'Objects': [{'Key': f'many/{i}'} for i in range(7)]})
assert len(deleted['Deleted']) == 7
print('done')
`
    expect(await ok('/usr/bin/python3', ['-c', script], { ...env, BIG: file('tree/big') })).toContain('done')
  })
})
