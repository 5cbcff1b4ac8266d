import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const folder = mkdtempSync(join(tmpdir(), 'hufu-volume-binding-'))
beforeAll(() => kms.start())
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

it('a key that opens a volume is not deleted before the volume is opened by another', async () => {
  const [first, second] = [await kms.json('key', 'create', '--alias', 'first'), await kms.json('key', 'create')]
  const volume = join(folder, 'volume')
  const { recipients, volumeId } = await kms.json('volume', 'init', volume, '-k', 'alias/first')
  const refused = await hufu(['key', 'delete', 'alias/first', '--data', kms.data])
  expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('volume is bound') })
  const [arn] = recipients as readonly string[]
  await kms.json('volume', 'rewrap', volume, '--add', String(second.keyId), '--remove', String(arn))
  expect(await kms.json('key', 'delete', String(first.keyId))).toMatchObject({ keyState: 'PendingDelete' })
  expect(await hufu(['key', 'delete', String(second.keyId), '--data', kms.data])).toMatchObject({ code: 6 })
  await kms.json('key', 'unbind', String(second.keyId), 'volume', String(volumeId))
  expect(await kms.json('key', 'delete', String(second.keyId))).toMatchObject({ keyState: 'PendingDelete' })
}, 240_000)

it('any one of the keys of a volume opens it and recovers its header, and its check tells as much to a file', async () => {
  const keys = [await kms.json('key', 'create'), await kms.json('key', 'create')].map(({ keyId }) => String(keyId))
  const [volume, report] = [join(folder, 'of two keys'), join(folder, 'report.json')]
  const made = await kms.json(
    'volume',
    'init',
    volume,
    ...keys.flatMap((key) => ['-k', key]),
    '--suite',
    'SM4-GCM',
    '--block-size',
    '65536',
  )
  expect(made).toMatchObject({
    suite: 'SM4-GCM',
    blockSize: 65_536,
    recipients: keys.map((key) => expect.stringContaining(key)),
  })
  const check = ['volume', 'check', volume, '--jobs', '1', '--report', report, '--data', kms.data]
  const disable = (key = '') => kms.json('key', 'disable', key)
  await disable(keys[0])
  expect(await hufu(check)).toMatchObject({ code: 0 })
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ volumeId: made.volumeId, files: 0, findings: [] })
  const [header, copy] = [join(volume, 'hufu.volume'), join(folder, 'copy')]
  const recover = ['volume', 'recover', volume, '--header', copy, '--data', kms.data]
  const damage = () => writeFileSync(header, readFileSync(copy).subarray(0, 100))
  copyFileSync(header, copy)
  damage()
  expect(await hufu(check)).toMatchObject({ stderr: expect.stringContaining('put back a copy of hufu.volume') })
  expect(await hufu(recover)).toMatchObject({ code: 0 })
  expect(readFileSync(header).equals(readFileSync(copy))).toBe(true)
  expect(await hufu(check)).toMatchObject({ code: 0 })
  await disable(keys[1])
  expect(await hufu(check)).toMatchObject({ code: 4, stderr: expect.stringContaining('hint: look at the key with') })
  damage()
  expect(await hufu(recover)).toMatchObject({ code: 4, stderr: expect.stringContaining('hint: look at the key with') })
  expect(readFileSync(header)).toHaveLength(100)
  expect(await hufu([...check, '--jobs', '0'])).toMatchObject({ code: 2, stderr: expect.stringContaining('1 to 1024') })
}, 240_000)
