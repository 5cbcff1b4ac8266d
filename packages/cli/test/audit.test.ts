import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const dir = mkdtempSync(join(tmpdir(), 'hufu-audit-'))
const file = join(dir, 'audit.jsonl')
const key = join(dir, 'audit.pem')

beforeAll(() => kms.start())
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const audit = (...args: readonly string[]) => hufu(['audit', ...args])
const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n')

describe('the audit', { timeout: 300_000 }, () => {
  it('is exported, and proven with the public key alone', async () => {
    await kms.json('key', 'create', '--alias', 'films')
    const { stdout } = await audit('key', '--data', kms.data)
    writeFileSync(key, stdout)
    expect(readFileSync(join(kms.data, 'audit.pem'), 'utf8')).toBe(stdout.toString())
    expect(await audit('export', '--output', file, '--data', kms.data)).toMatchObject({ code: 0 })
    const verified = await audit('verify', file, '--public-key', key, '--json')
    expect(verified.stderr).toBe('')
    expect(JSON.parse(verified.stdout.toString())).toMatchObject({ ok: true, logs: [{ log: 1, from: 0 }] })
    expect(lines().some((line) => line.includes('"action":"CreateKey"'))).toBe(true)
  })

  it('is not overwritten, and goes on with --resume', async () => {
    expect(await audit('export', '--output', file, '--data', kms.data)).toMatchObject({ code: 2 })
    const before = lines().length
    await kms.json('key', 'disable', 'alias/films')
    expect(await audit('export', '--output', file, '--resume', '--data', kms.data)).toMatchObject({ code: 0 })
    expect(lines().length).toBeGreaterThan(before)
    expect(await audit('verify', file, '--public-key', key)).toMatchObject({ code: 0 })
  })

  it('that was altered, cut or reordered ends with 7 and the first bad record', async () => {
    const altered = join(dir, 'altered.jsonl')
    const tampered = async (change: (text: string[]) => string[]) => {
      writeFileSync(altered, `${change(lines()).join('\n')}\n`)
      return audit('verify', altered, '--public-key', key)
    }
    const at = lines().findIndex((line) => line.startsWith('{"hash"'))
    const first = { code: 7, stderr: expect.stringContaining('log 1 record 0') }
    expect(await tampered((text) => text.with(at, (text[at] as string).replace('"ok"', '"OK"')))).toMatchObject(first)
    expect(await tampered((text) => text.toSpliced(at, 1))).toMatchObject(first)
    expect(await tampered((text) => text.slice(0, -1))).toMatchObject({ code: 7 })
    expect(await tampered((text) => text.toReversed())).toMatchObject({ code: 7 })
  })

  it('proves one record, and that it only grew, to somebody who has nothing else', async () => {
    const proof = join(dir, 'proof.json')
    const heads = lines().filter((line) => line.startsWith('{"checkpoint"'))
    const noted = JSON.parse(heads[0] as string).checkpoint as string
    for (const what of [
      ['--index', '0'],
      ['--from', noted.split('\n')[1] as string],
    ]) {
      const made = await audit('prove', file, ...what, '--public-key', key)
      expect(made.stderr).toBe('')
      writeFileSync(proof, made.stdout)
      expect(await audit('verify', proof, '--proof', '--public-key', key)).toMatchObject({ code: 0 })
      writeFileSync(proof, made.stdout.toString().replace(/"path":\["./, '"path":["!'))
      expect(await audit('verify', proof, '--proof', '--public-key', key)).toMatchObject({ code: 7 })
    }
    const known = join(dir, 'known')
    writeFileSync(known, noted)
    expect(await audit('verify', file, '--known', known, '--public-key', key)).toMatchObject({ code: 0 })
    writeFileSync(known, noted.replace('\nat ', '\nat 1'))
    expect(await audit('verify', file, '--known', known, '--public-key', key)).toMatchObject({ code: 7 })
  })

  it('is cut short, and still proven', async () => {
    expect(await audit('cut', '--before', 'yesterday', '--data', kms.data)).toMatchObject({ code: 2 })
    expect(await audit('cut', '--before', new Date().toISOString(), '--data', kms.data)).toMatchObject({ code: 0 })
    const rest = join(dir, 'rest.jsonl')
    expect(await audit('export', '--output', rest, '--data', kms.data)).toMatchObject({ code: 0 })
    const verified = await audit('verify', rest, '--data', kms.data, '--json')
    const { logs } = JSON.parse(verified.stdout.toString())
    expect(logs[0].from).toBeGreaterThan(0)
    const { stdout } = await audit('list', '--action', 'HufuService.CutAudit', '--json', '--data', kms.data)
    expect(JSON.parse(stdout.toString().split('\n')[0] as string)).toMatchObject({ outcome: 'ok' })
  })

  it('is asked by time, source and request', async () => {
    const now = new Date().toISOString()
    await kms.json('key', 'enable', 'alias/films')
    const list = async (...args: readonly string[]) => {
      const { stdout } = await audit('list', '--action', 'EnableKey', '--json', '--data', kms.data, ...args)
      return stdout
        .toString()
        .split('\n')
        .filter((line) => line !== '')
    }
    const [found] = await list('--since', now, '--source', '127.0.0.1')
    expect(await list('--request', JSON.parse(found as string).requestId)).toEqual([found])
    expect(await list('--until', now)).toEqual([])
    expect(await list('--source', '192.0.2.1')).toEqual([])
    const { key } = JSON.parse(found as string)
    for (const named of [key, key.split('/').at(-1), 'alias/films'])
      expect(await list('--since', now, '--key', named), named).toEqual([found])
    expect(await audit('list', '--key', 'alias/none', '--data', kms.data)).toMatchObject({ code: 5 })
  })
})
