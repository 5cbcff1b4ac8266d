import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { backends, type KmsServer, REGION, startKms } from '../support/kms-server.ts'

const run = promisify(execFile)
const page = readFileSync(new URL('../../../docs/keys.md', import.meta.url), 'utf8')
const recipe = /```sh\n(kms\(\).*?)```/s.exec(page)?.[1] ?? ''

let dir: string
let running: KmsServer

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-recipe-'))
  const [open] = Object.values(backends)
  if (open === undefined) throw new Error('expected a backend')
  running = await startKms(open)
})
afterAll(async () => {
  await running?.close()
  await rm(dir, { recursive: true, force: true })
})

it('the recipe of docs/keys.md imports a key with OpenSSL and the aws command alone', async () => {
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    KMS: running.server.url,
    AWS_ACCESS_KEY_ID: running.root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: running.root.secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', recipe], { cwd: dir, env })
  expect(stdout.trim().split('\n').at(-1)).toBe('Enabled')
}, 240_000)
