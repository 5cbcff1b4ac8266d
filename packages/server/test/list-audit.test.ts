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

it('knows keys by their id, ARN and alias, also one that is gone by its id', async () => {
  const { keyId, arn } = await running.keys.createKey({ alias: 'listed' })
  const other = '00000000-0000-4000-8000-000000000000'
  await ask('aws', running, { action: 'DescribeKey', body: { KeyId: arn.replace(keyId, other) } })
  const list = (Key: string, more: object = {}) =>
    ask('aws', running, { action: 'HufuService.ListAuditRecords', body: { Key, ...more } })
  for (const name of [keyId, arn, 'alias/listed']) {
    const { body } = await list(name, { Action: 'CreateKey' })
    expect(body.Records, name).toMatchObject([{ Action: 'CreateKey', Key: arn, Outcome: 'ok' }])
  }
  expect((await list(other)).body.Records).toMatchObject([{ Action: 'DescribeKey', Outcome: 'KeyNotFound' }])
  expect(await list('alias/none')).toMatchObject({ error: 'NotFoundException' })
})
