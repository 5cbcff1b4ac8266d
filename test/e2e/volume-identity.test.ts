import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { Hufu, hufuCommand, type Output } from './support/hufu.ts'

// Each test is several processes that start, one after the other.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 })

const SOON = { timeout: 60_000, interval: 200 }
const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-clerk-'))
const [backing, mountpoint, policy] = [join(work, 'backing'), join(work, 'mnt'), join(work, 'policy.json')]
const letter = join(mountpoint, 'letter')
let hufu: Hufu
let clerk: NodeJS.ProcessEnv

beforeAll(async () => {
  hufu = await Hufu.start()
  mkdirSync(mountpoint)
  const statement = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: '*' }
  writeFileSync(policy, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }))
  await ok('user', 'create', 'clerk')
  const { accessKeyId, secretAccessKey } = JSON.parse(
    (await ok('user', 'access-key', 'create', 'clerk', '--json')).stdout,
  )
  const { kmsEndpoint, region } = hufu.credentials
  clerk = {
    ...process.env,
    HUFU_ENDPOINT: kmsEndpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
})
afterAll(async () => {
  await hufuCommand(['umount', '--lazy', mountpoint])
  await hufu?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

async function ok(...args: string[]): Promise<Output> {
  const output = await hufu.hufu(...args)
  expect(`${output.code} ${output.code === 0 ? '' : output.stderr}`.trim()).toBe('0')
  return output
}

it('a mounted volume serves nobody with the key that it holds whom the KMS would refuse', async () => {
  await ok('volume', 'init', backing, '-k', 'alias/s3')
  expect((await hufuCommand(['mount', backing, mountpoint], clerk)).code).not.toBe(0)
  await ok('user', 'put-policy', 'clerk', 'own', policy)
  const mounted = await hufuCommand(['mount', backing, mountpoint], clerk)
  expect({ code: mounted.code, stderr: mounted.code === 0 ? '' : mounted.stderr }).toEqual({ code: 0, stderr: '' })
  writeFileSync(letter, 'open in case of war', { flush: true })
  expect(readFileSync(letter, 'utf8')).toBe('open in case of war')
  await ok('user', 'delete-policy', 'clerk', 'own')
  await vi.waitFor(() => expect(() => readFileSync(letter)).toThrow('EACCES'), SOON)
  await ok('user', 'put-policy', 'clerk', 'own', policy)
  await vi.waitFor(() => expect(readFileSync(letter, 'utf8')).toBe('open in case of war'), SOON)
  await ok('user', 'delete-policy', 'clerk', 'own')
})

it('a volume that is open by a grant alone closes when the grant ends, and opens by a new one', async () => {
  const { keyId } = JSON.parse((await ok('key', 'create', '--json')).stdout)
  const [directory, place] = [join(work, 'granted'), join(work, 'granted mnt')]
  mkdirSync(place)
  const { recipients } = JSON.parse((await ok('volume', 'init', directory, '-k', keyId, '--json')).stdout)
  const [, , , , account] = String(recipients[0]).split(':')
  const kms = async (...args: string[]) => {
    const { code, stdout, stderr } = await hufu.aws('kms', ...args)
    expect(`${code} ${code === 0 ? '' : stderr}`.trim()).toBe('0')
    return stdout
  }
  const grantee = `arn:aws:iam::${account}:user/clerk`
  const grant = async (): Promise<string> =>
    JSON.parse(await kms('create-grant', '--key-id', keyId, '--grantee-principal', grantee, '--operations', 'Decrypt'))
      .GrantId
  const mount = () => hufuCommand(['mount', directory, place], clerk)
  const inside = join(place, 'letter')
  try {
    expect((await mount()).code).not.toBe(0)
    const first = await grant()
    await vi.waitFor(async () => expect(await mount()).toMatchObject({ code: 0 }), SOON)
    writeFileSync(inside, 'granted', { flush: true })
    await kms('revoke-grant', '--key-id', keyId, '--grant-id', first)
    await vi.waitFor(() => expect(() => readFileSync(inside)).toThrow('EACCES'), SOON)
    await grant()
    await vi.waitFor(() => expect(readFileSync(inside, 'utf8')).toBe('granted'), SOON)
  } finally {
    await hufuCommand(['umount', '--lazy', place])
  }
})
