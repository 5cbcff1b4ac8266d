import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

/** Two systems, each with a process, a store and a token of its own: SoftHSM2 where it is installed. */
const folder = mkdtempSync(join(tmpdir(), 'hufu-regions-'))
const [east, west] = [new RunningKms(), new RunningKms()]

beforeAll(async () => {
  const regions = join(folder, 'regions.json')
  const named = (name: string, { data }: RunningKms) => ({ name, credentials: join(data, 'credentials.json') })
  writeFileSync(regions, JSON.stringify({ regions: [named('east-1', east), named('west-1', west)] }))
  await east.start(['--region', 'east-1', '--regions', regions])
  await west.start(['--region', 'west-1', '--regions', regions])
})

afterAll(async () => {
  await east[Symbol.asyncDispose]()
  await west[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe('two regions', { timeout: 240_000 }, () => {
  it('have one key, which opens in either what was sealed in the other, also when that is gone', async () => {
    const { keyId } = await east.json('key', 'create', '--multi-region', '--alias', 'films')
    const sealed = await hufu(['encrypt', '-k', String(keyId), '--data', east.data], Buffer.from('a film'))
    const replica = await east.json('key', 'replicate', String(keyId), 'west-1', '--description', 'far away')
    expect(replica).toMatchObject({ keyId, arn: expect.stringContaining(':west-1:'), protectionLevel: 'HSM' })
    expect(await west.json('key', 'describe', String(keyId))).toMatchObject({
      description: 'far away',
      isSyncReplica: 1,
      sourceRegion: 'east-1',
    })
    await east.json('key', 'rotate', String(keyId))
    const later = await hufu(['encrypt', '-k', String(keyId), '--data', east.data], Buffer.from('its second part'))
    await east.json('key', 'promote', String(keyId), 'west-1')
    expect(await west.json('key', 'describe', String(keyId))).toMatchObject({ isSyncReplica: 0 })
    await east.end('SIGKILL')
    expect((await openInWest(sealed.stdout)).toString()).toBe('a film')
    expect((await openInWest(later.stdout)).toString()).toBe('its second part')
    await west.json('key', 'rotate', String(keyId))
    await east.start(['--region', 'east-1'])
    expect(await east.json('key', 'describe', String(keyId))).toMatchObject({ isSyncReplica: 1 })
  })

  it('refuse a region that nobody named', async () => {
    const { keyId } = await west.json('key', 'create', '--multi-region')
    const { code, stderr } = await hufu(['key', 'replicate', String(keyId), 'north-1', '--data', west.data])
    expect(code).toBe(1)
    expect(stderr).toContain('east-1')
  })
})

const openInWest = async (sealed: Buffer): Promise<Buffer> =>
  (await hufu(['decrypt', '--data', west.data], sealed)).stdout
