import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Hufu } from './support/hufu.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-backend-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

it('keeps its ciphertext in another S3 endpoint, and nothing in its own data directory', async () => {
  await using backend = await Hufu.start()
  const { s3Endpoint, region } = backend.credentials
  const file = join(backend.data, 'credentials.json')
  const flags = ['--s3-backend', s3Endpoint, '--s3-backend-region', region, '--s3-backend-credentials', file]
  await using proxy = await Hufu.start(mkdtempSync(join(work, 'data-')), ...flags)
  const text = 'kept elsewhere '.repeat(10_000)
  writeFileSync(join(work, 'original'), text)
  for (const args of [
    ['mb', 's3://away'],
    ['cp', '--quiet', join(work, 'original'), 's3://away/letter'],
    ['cp', '--quiet', 's3://away/letter', join(work, 'copy')],
  ])
    expect((await proxy.aws('s3', ...args)).stderr).toBe('')
  expect(readFileSync(join(work, 'copy'), 'utf8')).toBe(text)
  expect((await proxy.aws('s3', 'ls', 's3://away/')).stdout).toMatch(new RegExp(`\\s${text.length} letter`))
  expect((await backend.aws('s3', 'cp', '--quiet', 's3://away/letter', join(work, 'stored'))).code).toBe(0)
  expect(readFileSync(join(work, 'stored')).includes('kept elsewhere')).toBe(false)
  expect(readdirSync(proxy.data)).not.toContain('objects')
})
