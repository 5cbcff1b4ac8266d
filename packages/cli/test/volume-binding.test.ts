import { mkdtempSync, rmSync } from 'node:fs'
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
