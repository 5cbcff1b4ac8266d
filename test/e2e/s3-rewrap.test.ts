import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Hufu, hufuCommand } from './support/hufu.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-rewrap-'))
const at = (...names: string[]) => join(work, ...names)
let system: Hufu
let newKey: string

beforeAll(async () => {
  system = await Hufu.start()
  for (const alias of ['old', 'new']) await system.hufu('key', 'create', '--alias', alias)
  newKey = JSON.parse((await system.hufu('key', 'describe', 'alias/new', '--json')).stdout).keyId
  await system.aws('s3', 'mb', 's3://films')
  mkdirSync(at('reels'))
  for (const name of ['1', '2', '3']) writeFileSync(at('reels', name), `reel ${name}`)
})
afterAll(async () => {
  await system?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

const rewrap = async (...args: string[]) => {
  const { code, stdout, stderr } = await system.hufu('rewrap', ...args, '--json')
  return { code, stderr, counts: stdout === '' ? null : JSON.parse(stdout) }
}

/** Each runs a dozen commands, one after another. */
describe('hufu rewrap s3://', { timeout: 240_000 }, () => {
  it('puts what is stored through the proxy under another key, and does what is left when it is run again', async () => {
    await system.aws('s3', 'cp', '--recursive', at('reels'), 's3://films/ran/')
    await system.aws('s3', 'cp', at('reels', '1'), 's3://films/other')
    expect(await rewrap('s3://films/ran/1', '-k', 'alias/new')).toMatchObject({ code: 0, counts: { rewrapped: 1 } })
    expect(await rewrap('s3://films/ran/', '-k', 'alias/new')).toEqual({
      code: 0,
      stderr: '',
      counts: { rewrapped: 2, left: 1, failed: 0 },
    })
    const keyOf = async (key: string) =>
      JSON.parse((await system.aws('s3api', 'head-object', '--bucket', 'films', '--key', key)).stdout).SSEKMSKeyId
    expect(await keyOf('ran/3')).toContain(newKey)
    expect(await keyOf('other')).not.toContain(newKey)
    await system.aws('s3', 'cp', 's3://films/ran/3', at('back'))
    expect(readFileSync(at('back'), 'utf8')).toBe('reel 3')
    expect(await rewrap('s3://films/ran/', '--add', 'alias/old')).toMatchObject({ code: 9, counts: { failed: 3 } })
  })

  it('changes the recipients of sealed messages, tells of those that are none, and does the others', async () => {
    await system.hufu('encrypt', at('reels'), '-k', 'alias/old', '-o', at('sealed'), '-c', 'film=Ran')
    await system.aws('s3', 'cp', '--recursive', at('sealed'), 's3://films/sealed/')
    await system.aws('s3', 'cp', at('reels', '1'), 's3://films/sealed/a-text')
    const change = ['s3://films/sealed/', '--layer', 'message', '-c', 'film=Ran', '--add', 'alias/new']
    const first = await rewrap(...change)
    expect(first).toMatchObject({ code: 7, counts: { rewrapped: 3, left: 0, failed: 1 } })
    expect(first.stderr).toContain('sealed/a-text')
    const { s3Endpoint, accessKeyId, secretAccessKey, region } = system.credentials
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
    }
    const elsewhere = ['rewrap', 's3://films/sealed/1.hufu', '-c', 'film=Ran', '-k', 'alias/new', '--data', system.data]
    const away = await hufuCommand([...elsewhere, '--s3-endpoint', s3Endpoint, '--json'], env)
    expect(away).toMatchObject({ code: 0, stdout: '{"rewrapped":1,"left":0,"failed":0}\n' })
    for (const [name, count] of [
      ['1.hufu', 1],
      ['2.hufu', 2],
    ] as const) {
      await system.aws('s3', 'cp', `s3://films/sealed/${name}`, at(name))
      expect(JSON.parse((await system.hufu('inspect', at(name), '--json')).stdout).recipients).toHaveLength(count)
      expect(await system.hufu('decrypt', at(name), '-c', 'film=Ran')).toMatchObject({ stdout: `reel ${name[0]}` })
    }
  })

  it('says what is wrong with a place that is none', async () => {
    expect(await rewrap('s3://', '-k', 'alias/new')).toMatchObject({ code: 2 })
    const none = await rewrap('s3://no-such-bucket', '-k', 'alias/new')
    expect(none.code).toBe(1)
    expect(JSON.parse(none.stderr).error.code).toBe('NoSuchBucket')
  })
})
