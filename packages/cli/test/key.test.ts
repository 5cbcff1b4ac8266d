import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyCommand } from '../src/commands/key/index.ts'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
beforeAll(() => kms.start())
afterAll(() => kms[Symbol.asyncDispose]())

const lines = async (...args: readonly string[]) => {
  const { stdout } = await hufu([...args, '--json', '--data', kms.data])
  const text = stdout.toString().trim()
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line))
}

const made = async (...args: readonly string[]): Promise<string> =>
  String((await kms.json('key', 'create', ...args)).keyId)

const failed = async (...args: readonly string[]) => {
  const { code, stderr } = await hufu([...args, '--data', kms.data])
  return { code, stderr }
}

describe('hufu key', { timeout: 240_000 }, () => {
  it('says of every command what it does and what it takes', () => {
    const commands = keyCommand().commands.flatMap((command) => [command, ...command.commands])
    expect(commands.length).toBeGreaterThan(20)
    for (const command of commands) {
      const help = command.helpInformation()
      expect(help).toContain(command.description())
      if (command.commands.length === 0) expect(help).toContain('--json')
    }
  })

  it.each([
    [['--algorithm', 'SM4'], 'ENCRYPT_DECRYPT', 'SM4'],
    [['--spec', 'SM2', '--use', 'SIGN_VERIFY'], 'ASYMMETRIC_SIGN_VERIFY_SM2', 'SM2'],
    [['--algorithm', 'HMAC_512'], 'GENERATE_VERIFY_MAC', 'HMAC_512'],
    [['--algorithm', 'ECC_NIST_P384', '--alias', 'curve', '--use', 'KEY_AGREEMENT'], 'KEY_AGREEMENT', 'ECC_NIST_P384'],
    [['--algorithm', 'ML_DSA_65', '--alias', 'pq'], 'ASYMMETRIC_SIGN_VERIFY_ML_DSA_65', 'ML_DSA_65'],
  ])('create %s', async (args, keyUsage, keySpec) => {
    expect(await kms.json('key', 'create', ...args)).toMatchObject({ keyUsage, keySpec, keyState: 'Enabled' })
  })

  it('create refuses what it does not know, and says what it knows', async () => {
    expect(await failed('key', 'create', '--algorithm', 'DES')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ML_KEM_768_SM2'),
    })
    expect((await failed('key', 'create', '--alias', 'kms-mine')).stderr).toContain('expected an alias')
  })

  it('list by state, alias and tag', async () => {
    const keyId = await made('--alias', 'listed-1', '--tag', 'team=a', '--tag', 'cost=7')
    await made('--alias', 'listed-2', '--tag', 'team=b')
    const ids = (rows: readonly { keyId: string }[]) => rows.map((row) => row.keyId)
    expect(ids(await lines('key', 'list', '--tag', 'team=a', '--tag', 'cost=7'))).toEqual([keyId])
    expect(await lines('key', 'list', '--alias', 'listed-')).toHaveLength(2)
    expect(await lines('key', 'list', '--alias', 'listed-', '--state', 'Disabled')).toEqual([])
    await kms.json('key', 'disable', keyId)
    expect(ids(await lines('key', 'list', '--alias', 'listed-', '--state', 'Disabled'))).toEqual([keyId])
  })

  it('show, disable, enable, archive, unarchive, description', async () => {
    const keyId = await made('--alias', 'life')
    expect(await kms.json('key', 'show', 'alias/life')).toMatchObject({ keyId })
    expect(await kms.json('key', 'disable', keyId)).toMatchObject({ keyState: 'Disabled' })
    expect(await failed('key', 'archive', keyId)).toMatchObject({ code: 6 })
    expect(await kms.json('key', 'enable', keyId)).toMatchObject({ keyState: 'Enabled' })
    expect(await kms.json('key', 'archive', keyId)).toMatchObject({ keyState: 'Archived' })
    expect(await kms.json('key', 'unarchive', keyId)).toMatchObject({ keyState: 'Enabled' })
    expect(await kms.json('key', 'description', keyId, '一切')).toMatchObject({ description: '一切' })
  })

  it('rotate, rotation', async () => {
    const keyId = await made()
    expect((await kms.json('key', 'rotate', keyId)).lastRotateTime).toBeGreaterThan(0)
    expect(await kms.json('key', 'rotation', keyId)).toMatchObject({
      keyRotationEnabled: false,
      rotations: [{ rotationType: 'ON_DEMAND' }],
    })
    const on = await kms.json('key', 'rotation', keyId, '--days', '90')
    expect(on).toMatchObject({ keyRotationEnabled: true, rotationPeriodInDays: 90 })
    expect(await kms.json('key', 'rotation', keyId, '--on')).toMatchObject({ rotationPeriodInDays: 365 })
    expect(await kms.json('key', 'rotation', keyId, '--off')).toMatchObject({ keyRotationEnabled: false })
    expect(await failed('key', 'rotation', keyId, '--days', '6')).toMatchObject({ code: 1 })
    expect(await failed('key', 'rotation', keyId, '--days', 'x')).toMatchObject({ code: 2 })
  })

  it('last-use', async () => {
    const keyId = await made()
    expect(await kms.json('key', 'last-use', keyId)).toMatchObject({ keyId, keyLastUsage: {} })
  })

  it('alias create, list, move, delete', async () => {
    const [one, two] = [await made(), await made()]
    expect(await kms.json('key', 'alias', 'create', 'moving', one)).toMatchObject({ aliasName: 'alias/moving' })
    await kms.json('key', 'alias', 'move', 'alias/moving', two)
    expect(await lines('key', 'alias', 'list', two)).toMatchObject([{ aliasName: 'alias/moving', targetKeyId: two }])
    expect((await lines('key', 'alias', 'list')).length).toBeGreaterThan(1)
    await kms.json('key', 'alias', 'delete', 'moving')
    expect(await failed('key', 'alias', 'delete', 'moving')).toMatchObject({ code: 5 })
    expect(await lines('key', 'alias', 'list', two)).toEqual([])
  })

  it('tag', async () => {
    const keyId = await made('--tag', 'a=1')
    expect(await kms.json('key', 'tag', keyId, '--set', 'b=2', '--set', 'c=', '--remove', 'a')).toEqual({
      keyId,
      tags: { b: '2', c: '' },
    })
    expect(await failed('key', 'tag', keyId, '--set', 'nothing')).toMatchObject({ code: 2 })
  })

  it('public-key', async () => {
    const keyId = await made('--algorithm', 'ECC_NIST_P256')
    const { stdout } = await hufu(['key', 'public-key', keyId, '--data', kms.data])
    expect(stdout.toString()).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
    expect(await kms.json('key', 'public-key', keyId)).toMatchObject({ keyId, publicKeyPem: stdout.toString() })
  })

  it.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'RSAES_PKCS1_V1_5', 'SM2', 'SM2_C1C3C2_ASN1'])(
    'import under %s, delete-material',
    async (wrapping) => {
      const keyId = await made('--external')
      const file = join(kms.data, `material-${wrapping}`)
      writeFileSync(file, randomBytes(32))
      const arguments_ = ['key', 'import', keyId, file, '--wrapping', wrapping]
      expect(await kms.json(...arguments_)).toMatchObject({ keyState: 'Enabled', validTo: 0 })
      expect(await kms.json('key', 'delete-material', keyId)).toMatchObject({ keyState: 'PendingImport' })
      const again = await kms.json(...arguments_, '--valid-to', '2037-01-01T00:00:00Z')
      expect(again).toMatchObject({ keyState: 'Enabled', validTo: 2_114_380_800 })
      writeFileSync(file, randomBytes(32))
      expect((await failed(...arguments_)).stderr).toContain('only the very material')
    },
  )

  it('import from stdin into an SM4 key', async () => {
    const keyId = await made('--external', '--algorithm', 'SM4', '--alias', 'brought')
    const imported = await hufu(['key', 'import', keyId, '-', '--json', '--data', kms.data], randomBytes(16))
    expect(JSON.parse(imported.stdout.toString())).toMatchObject({ keyState: 'Enabled', origin: 'EXTERNAL' })
  })

  it('bind, unbind, schedule-deletion, cancel-deletion', async () => {
    const keyId = await made()
    await kms.json('key', 'bind', keyId, 's3', 'photos')
    expect(await failed('key', 'delete', keyId)).toMatchObject({ code: 6, stderr: expect.stringContaining('unbind') })
    await kms.json('key', 'unbind', keyId, 's3', 'photos')
    expect(await kms.json('key', 'schedule-deletion', keyId, '--days', '7')).toMatchObject({
      keyState: 'PendingDelete',
    })
    expect(await kms.json('key', 'cancel-deletion', keyId)).toMatchObject({ keyState: 'Disabled', deletionDate: 0 })
    expect(await failed('key', 'cancel-deletion', keyId)).toMatchObject({ code: 6 })
    expect(await failed('key', 'delete', keyId, '--days', '31')).toMatchObject({ code: 1 })
  })
})
