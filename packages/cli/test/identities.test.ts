import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const run = (...args: readonly string[]) => hufu([...args, '--data', kms.data])

beforeAll(async () => {
  await kms.start()
})
afterAll(() => kms[Symbol.asyncDispose]())

function file(name: string, statement: object): string {
  const path = join(kms.data, name)
  writeFileSync(path, JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }))
  return path
}

async function done(...args: readonly string[]): Promise<void> {
  expect(await run(...args)).toMatchObject({ code: 0, stderr: '' })
}

it('makes users, groups, roles and policies, and says what they may', { timeout: 240_000 }, async () => {
  expect(await kms.json('user', 'create', 'alice', '--path', '/office/')).toMatchObject({
    userName: 'alice',
    arn: 'arn:aws:iam::000000000001:user/office/alice',
  })
  const key = await kms.json('user', 'access-key', 'create', 'alice')
  expect(key).toMatchObject({ userName: 'alice', status: 'Active', secretAccessKey: expect.any(String) })
  await done('user', 'access-key', 'disable', 'alice', String(key.accessKeyId))
  expect(await kms.json('user', 'access-key', 'list', 'alice')).toMatchObject({ status: 'Inactive' })
  await done('user', 'access-key', 'delete', 'alice', String(key.accessKeyId))

  await kms.json('group', 'create', 'keepers')
  await done('group', 'add', 'keepers', 'alice')
  expect(await kms.json('group', 'show', 'keepers')).toMatchObject({ users: ['alice'] })
  expect(await kms.json('user', 'show', 'alice')).toMatchObject({ groups: ['keepers'] })

  const backups = file('backups.json', {
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { StringEquals: { 'kms:EncryptionContext:app': 'backup' } },
  })
  await kms.json('policy', 'create', 'backups', backups)
  await done('group', 'attach', 'keepers', 'backups')
  expect(await kms.json('group', 'policies', 'keepers')).toMatchObject({
    attached: ['arn:aws:iam::000000000001:policy/backups'],
    inline: [],
  })
  const simulated = (value: string) =>
    kms.json(
      ...['policy', 'simulate', 'arn:aws:iam::000000000001:user/office/alice', '--action', 'kms:Decrypt'],
      ...['--context', `kms:EncryptionContext:app=${value}`],
    )
  expect(await simulated('backup')).toMatchObject({
    decision: 'allowed',
    reason: 'allowed by an identity policy',
    statement: 'arn:aws:iam::000000000001:policy/backups Statement[0]',
  })
  expect(await simulated('other')).toMatchObject({ decision: 'implicitDeny' })
  await done('group', 'detach', 'keepers', 'backups')
  await done('policy', 'update', 'backups', backups)
  expect(await kms.json('policy', 'show', 'backups')).toMatchObject({
    defaultVersionId: 'v2',
    document: JSON.parse(readFileSync(backups, 'utf8')),
  })
  await done('policy', 'delete', 'backups')

  const trust = file('trust.json', { Principal: { AWS: '000000000001' }, Action: 'sts:AssumeRole' })
  expect(await kms.json('role', 'create', 'night', '--trust', trust)).toMatchObject({ roleName: 'night' })
  const { assumeRolePolicyDocument } = await kms.json('role', 'show', 'night')
  expect(assumeRolePolicyDocument).toEqual(JSON.parse(readFileSync(trust, 'utf8')))
  await done('role', 'put-policy', 'night', 'own', backups)
  expect(await kms.json('role', 'policies', 'night')).toMatchObject({ inline: ['own'] })
  await done('role', 'delete-policy', 'night', 'own')
  await done('role', 'delete', 'night')
  await done('group', 'remove', 'keepers', 'alice')
  await done('group', 'delete', 'keepers')
  await done('user', 'delete', 'alice')
  expect((await run('user', 'show', 'alice')).code).toBe(5)
})

it('tells what is wrong with what was asked, and what to type', { timeout: 240_000 }, async () => {
  const usage = async (...args: readonly string[]) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    return stderr
  }
  expect(await usage('policy', 'simulate', 'alice', '--action', 'kms:Decrypt')).toContain('hufu user show alice')
  expect(await usage('audit', 'list', '--principal', 'alice')).toContain('hufu user show alice')
  expect(await usage('policy', 'create', 'none', join(kms.data, 'none.json'))).toContain('there is none')
  await kms.json('user', 'create', 'bob')
  const bob = 'arn:aws:iam::000000000001:user/bob'
  const { stderr } = await run('policy', 'simulate', bob, '--action', 'Decrypt')
  expect(stderr).toContain('expected SERVICE:ACTION, such as kms:Decrypt, received "Decrypt"')
  const misspelt = await run('user', 'put-policy', 'bob', 'own', file('alow.json', { Effect: 'Alow', Action: '*' }))
  expect(misspelt.stderr).toContain('"Allow"')
  const key = await kms.json('user', 'access-key', 'create', 'bob')
  const status = (verb: string) => kms.json('user', 'access-key', verb, 'bob', String(key.accessKeyId))
  expect(await status('disable')).toMatchObject({ status: 'Inactive' })
  expect(await status('enable')).toMatchObject({ status: 'Active' })
})

it('acts under a role: with temporary credentials in the environment', { timeout: 240_000 }, async () => {
  const trust = file('root.json', { Principal: { AWS: '000000000001' }, Action: 'sts:AssumeRole' })
  await kms.json('role', 'create', 'reader', '--trust', trust)
  await done('role', 'attach', 'reader', 'HufuReadOnly')
  const lines = await run('role', 'assume', 'reader', '--session', 'tuesday', '--duration', '900')
  expect(lines.stderr).toBe('')
  const shell = ['-c', 'eval "$1"; env', 'sh', lines.stdout.toString()]
  const variables = execFileSync('sh', shell, { env: { PATH: process.env.PATH } }).toString()
  const environment = Object.fromEntries(
    [...variables.matchAll(/^((?:AWS|HUFU)_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  expect(Object.keys(environment)).toHaveLength(4)
  const acting = (args: readonly string[], env: Readonly<Record<string, string>> = environment) =>
    hufu([...args, '--json'], undefined, env)
  expect(await acting(['key', 'list'])).toMatchObject({ code: 0, stderr: '' })
  expect(await acting(['role', 'list'])).toMatchObject({ code: 0, stderr: '' })
  expect(await acting(['key', 'create'])).toMatchObject({ code: 4 })
  const { AWS_SESSION_TOKEN: _, ...bare } = environment
  expect(await acting(['key', 'list'], bare)).toMatchObject({ code: 4 })
  const principal = 'arn:aws:sts::000000000001:assumed-role/reader/tuesday'
  const again = await kms.json('role', 'assume', 'arn:aws:iam::000000000001:role/reader')
  expect(again).toMatchObject({ sessionToken: expect.any(String), arn: expect.stringContaining('/reader/hufu-cli') })
  expect(await run('role', 'assume', 'nobody')).toMatchObject({ code: 4 })
  const records = await run('audit', 'list', '--principal', principal, '--outcome', 'AccessDenied', '--json')
  expect(records.stdout.toString()).toContain('"CreateKey"')
})
