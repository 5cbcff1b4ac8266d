import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

let running: Running
beforeAll(async () => {
  running = await start()
})
afterAll(() => running.close())

it('lists the newest records first, those asked for only', async () => {
  const { keyId } = await running.keys.createKey({})
  await ask('aws', running, { action: 'DescribeKey', body: { KeyId: keyId } })
  await ask('aws', running, { action: 'MakeCoffee' })
  const told = await ask('aws', running, { action: 'HufuService.ListAuditRecords', body: { Limit: 2 } })
  expect(told.body.Records).toMatchObject([
    { Action: 'MakeCoffee', Outcome: 'InvalidAction' },
    { Action: 'DescribeKey', Outcome: 'ok', SourceIp: '127.0.0.1', Key: expect.stringContaining(keyId) },
  ])
  const created = { action: 'HufuService.ListAuditRecords', body: { Action: 'CreateKey', Outcome: 'ok', Limit: 1 } }
  expect((await ask('aws', running, created)).body.Records).toMatchObject([{ Action: 'CreateKey' }])
})

it.each([{ Limit: 0 }, { Limit: 1001 }, { Outcome: 'Strange' }, { Since: 1 }])('refuses %j', async (body) => {
  const told = await ask('aws', running, { action: 'HufuService.ListAuditRecords', body })
  expect(told).toMatchObject({ status: 400, error: 'ValidationException' })
})
