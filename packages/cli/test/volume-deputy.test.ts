import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const folder = mkdtempSync(join(tmpdir(), 'hufu-volume-deputy-'))
beforeAll(() => kms.start())
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

it('an identity of one volume opens that, and no other under the same key', { timeout: 240_000 }, async () => {
  const [own, other] = [join(folder, 'own'), join(folder, 'other')]
  const { volumeId } = await kms.json('volume', 'init', own, '-k', 'alias/s3')
  await kms.json('volume', 'init', other, '-k', 'alias/s3')
  const Condition = { StringEquals: { 'kms:EncryptionContext:hufu:volume': volumeId } }
  const Statement = [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition }]
  const policy = join(folder, 'policy.json')
  writeFileSync(policy, JSON.stringify({ Version: '2012-10-17', Statement }))
  await kms.json('user', 'create', 'reels')
  expect(await hufu(['user', 'put-policy', 'reels', 'own', policy, '--data', kms.data])).toMatchObject({ code: 0 })
  const key = await kms.json('user', 'access-key', 'create', 'reels')
  const as = {
    HUFU_ENDPOINT: kms.credentials.kmsEndpoint,
    AWS_ACCESS_KEY_ID: String(key.accessKeyId),
    AWS_SECRET_ACCESS_KEY: String(key.secretAccessKey),
  }
  const check = (volume: string) => hufu(['volume', 'check', volume, '--json'], undefined, as)
  expect(await check(own)).toMatchObject({ code: 0 })
  expect(await check(other)).toMatchObject({ code: 4 })
  const { stdout } = await hufu(['audit', 'list', '--action', 'Decrypt', '--json', '--data', kms.data])
  const records = stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ principal }) => principal === 'arn:aws:iam::000000000001:user/reels')
  expect(records.map(({ outcome, context }) => [outcome, context['hufu:volume'] === volumeId])).toEqual([
    ['ok', true],
    ['AccessDenied', false],
  ])
})
