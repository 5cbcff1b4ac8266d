import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Hufu, hufuCommand } from './support/hufu.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-backend-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

it('keeps its buckets in another S3 endpoint, and nothing in its own data directory', async () => {
  await using backend = await Hufu.start()
  const { s3Endpoint, region } = backend.credentials
  const file = join(backend.data, 'credentials.json')
  const flags = ['--s3-backend', s3Endpoint, '--s3-backend-region', region, '--s3-backend-credentials', file]
  await using proxy = await Hufu.start(mkdtempSync(join(work, 'data-')), ...flags)
  expect((await proxy.aws('s3', 'mb', 's3://away')).code).toBe(0)
  expect((await proxy.aws('s3', 'ls')).stdout).toContain('away')
  expect((await backend.aws('s3', 'ls')).stdout).toContain('away')
  expect(readdirSync(proxy.data)).not.toContain('objects')
})

it('is refused without credentials of the backend that can be read', async () => {
  const up = (...args: string[]) =>
    hufuCommand([
      'up',
      '--data',
      join(work, 'refused'),
      '--kms-port',
      '0',
      '--s3-port',
      '0',
      '--s3-backend',
      'http://127.0.0.1:1',
      ...args,
    ])
  expect((await up()).stderr).toContain('--s3-backend-credentials')
  const file = join(work, 'backend.json')
  for (const text of ['{', '{"accessKeyId": "a"}']) {
    writeFileSync(file, text)
    const { code, stderr } = await up('--s3-backend-credentials', file)
    expect(code).not.toBe(0)
    expect(stderr).toContain(file)
  }
})
