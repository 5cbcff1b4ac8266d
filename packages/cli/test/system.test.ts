import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { upCommand } from '../src/commands/up.ts'
import { exitCode } from '../src/exit-code.ts'
import { readSettings } from '../src/up/read-settings.ts'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
beforeAll(() => kms.start())
afterAll(() => kms[Symbol.asyncDispose]())

describe('a running system', () => {
  it('writes credentials that only its owner can read', () => {
    const file = join(kms.data, 'credentials.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual(
      expect.arrayContaining(['accessKeyId', 'secretAccessKey', 'region', 'kmsEndpoint', 'consoleUrl']),
    )
  })

  it('makes, lists, describes, disables and enables keys', async () => {
    const { keyId } = await kms.json('key', 'create', '--alias', 'films', '--description', 'reels')
    expect(await kms.json('key', 'describe', 'alias/films')).toMatchObject({ keyId, keyState: 'Enabled' })
    expect(await kms.json('key', 'disable', String(keyId))).toMatchObject({ keyState: 'Disabled' })
    expect(await kms.json('key', 'enable', 'alias/films')).toMatchObject({ keyState: 'Enabled' })
    const { stdout } = await hufu(['key', 'list', '--data', kms.data])
    expect(stdout.toString()).toMatch(new RegExp(`${keyId} +films +Enabled +AES_256 +SOFTWARE`))
    expect(await hufu(['key', 'describe', 'alias/none', '--data', kms.data])).toMatchObject({ code: 5 })
  })

  it('tells what was done, and by whom', async () => {
    const { stdout } = await hufu(['audit', 'list', '--action', 'DisableKey', '--json', '--data', kms.data])
    expect(JSON.parse(stdout.toString())).toMatchObject({ action: 'DisableKey', outcome: 'ok', sourceIp: '127.0.0.1' })
  })

  it('is healthy, says doctor', async () => {
    const { code, stdout } = await hufu(['doctor', '--data', kms.data])
    expect(stdout.toString()).not.toContain('FAIL')
    expect(code).toBe(0)
  })

  it('is told from one that is not there', async () => {
    await using gone = new RunningKms()
    expect(await hufu(['key', 'list', '--data', gone.data])).toMatchObject({ code: 3 })
    expect((await hufu(['doctor', '--data', gone.data])).code).toBe(1)
  })

  it('ends with 0 at SIGTERM, and starts again where it was', async () => {
    expect(await kms.end('SIGTERM')).toBe(0)
    await kms.start()
    expect(await kms.json('key', 'describe', 'alias/films')).toMatchObject({ keyState: 'Enabled' })
  })
})

it.each([
  ['flags', ['--audit-sensitive', 'patient', '--audit-sensitive', 'ward'], {}],
  ['the environment', [], { HUFU_AUDIT_SENSITIVE: 'patient,ward' }],
])('is told sensitive names by %s', async (_, flags, env) => {
  const command = upCommand()
  command.parseOptions([...flags])
  expect(await readSettings(command.opts(), env)).toMatchObject({ auditSensitive: ['patient', 'ward'] })
})

it('hashes the values of sensitive names in the audit', async () => {
  await using kms = await new RunningKms().start(['--pkcs11', 'off', '--audit-sensitive', 'patient'])
  await kms.json('key', 'create', '--alias', 'films')
  const args = ['-k', 'alias/films', '-c', 'patient=17', '-c', 'film=Ran', '--data', kms.data]
  expect(await hufu(['encrypt', ...args], Buffer.from('x'))).toMatchObject({ code: 0 })
  const { stdout } = await hufu(['audit', 'list', '--action', 'GenerateDataKey', '--json', '--data', kms.data])
  expect(JSON.parse(stdout.toString()).context).toMatchObject({
    film: 'Ran',
    patient: expect.stringMatching(/^hmac-sha256:/),
  })
})

it('documents every exit code', () => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  for (const code of Object.values(exitCode)) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
})

it.each([
  ['up', '--kms-port', 'seven'],
  ['up', '--only', 'everything'],
  ['up', '--only', 's3'],
  ['up', '--region', 'no region'],
  ['up', '--store', 'mysql://x'],
  ['up', '--account-id', '12'],
])('names the setting that is wrong: %s %s %s', async (...args) => {
  const { code, stderr } = await hufu(args.filter((arg) => arg !== undefined))
  expect(code).toBe(2)
  expect(stderr).toMatch(/kmsPort|only|kmsEndpoint|region|store|accountId/)
  expect(stderr).toContain('hint: ')
})
