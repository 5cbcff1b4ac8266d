import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const SOURCE = fileURLToPath(new URL('support/failing-flush.c', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'hufu-flush-'))
/** While it is there, the disk fails. */
const flag = join(work, 'flag')
const kms = new RunningKms()

beforeAll(async () => {
  const library = join(work, 'failing-flush.so')
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, SOURCE, '-ldl'])
  vi.stubEnv('LD_PRELOAD', library)
  vi.stubEnv('FLUSH_FAILS', flag)
  await kms.start(['--pkcs11', 'off', '--log', 'silent'])
  vi.unstubAllEnvs()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await kms[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

const ready = async () => (await fetch(`${kms.credentials.kmsEndpoint}/readyz`)).status
const describeKey = () => hufu(['key', 'describe', 'alias/before', '--data', kms.data])

it('answers nothing after a flush failed, also when the disk is well again, until a restart', {
  timeout: 300_000,
}, async () => {
  await kms.json('key', 'create', '--alias', 'before')
  writeFileSync(flag, '')
  const refused = {
    code: 3,
    stdout: Buffer.alloc(0),
    stderr: expect.stringContaining('the audit record can not be written, so nothing is answered'),
  }
  expect(await describeKey()).toEqual(refused)
  expect(await ready()).toBe(503)
  rmSync(flag)
  expect(await describeKey()).toEqual(refused)
  expect(await ready()).toBe(503)
  await kms.end('SIGKILL')
  await kms.start()
  expect(await kms.json('key', 'describe', 'alias/before')).toMatchObject({ keyState: 'Enabled' })
  const file = join(work, 'audit.jsonl')
  expect(await hufu(['audit', 'export', '--output', file, '--data', kms.data])).toMatchObject({ code: 0 })
  const verified = await hufu(['audit', 'verify', file, '--public-key', join(kms.data, 'audit.pem')])
  expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' })
})
