import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestKms, TestClock, type TestKms } from './open-test-kms.ts'

const clock = new TestClock()
let running: TestKms

beforeAll(async () => {
  running = await openTestKms({ clock: clock.read, auditKeepDays: 2 })
})
afterAll(() => running?.close())

/** A day of the service: requests, and their checkpoint. */
async function day(): Promise<void> {
  await running.keys().listKeys()
  await running.kms.proof.sign()
  clock.days(1)
  await running.kms.runDueJobs()
}

const oldest = async (): Promise<number> => (await running.kms.audit.list({ limit: 1 }))[0]?.index ?? -1
const cuts = async (): Promise<number> => (await running.kms.audit.list({ action: 'CutAudit' })).length

it('keeps records for so many days, then cuts off a day at a time, by a signed cut, and records that', async () => {
  await day()
  await day()
  expect([await oldest(), await cuts()]).toEqual([0, 0])
  await day()
  expect(await oldest()).toBeGreaterThan(0)
  expect(await cuts()).toBe(1)
  const after = await oldest()
  await running.kms.runDueJobs()
  expect([await oldest(), await cuts()]).toEqual([after, 1])
  for (let days = 0; days < 3; days++) await day()
  expect(await oldest()).toBeGreaterThan(after)
  expect(await cuts()).toBeGreaterThan(1)
  const [record] = await running.kms.audit.list({ action: 'CutAudit', newestFirst: true, limit: 1 })
  expect(record).toMatchObject({ principal: 'arn:aws:iam::000000000001:service/hufu', outcome: 'ok' })
  const { line, logs } = await running.kms.proof.beginExport()
  expect(line).toContain('{')
  expect(logs[0]?.from).toBe(await oldest())
  const [first] = await running.kms.proof.exportLines(logs[0]?.log ?? 0, logs[0]?.from ?? 0, logs[0]?.size ?? 0, 10)
  expect(first).toMatch(/^\{"cut"/)
})
