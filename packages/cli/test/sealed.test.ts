import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, hufu, RunningKms } from './support/hufu.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-cli-work-'))
const at = (...names: string[]): string => join(work, ...names)
const regionsFile = at('regions.json')
const plaintext = randomBytes(20 * 2 ** 20 + 3)
const kms = [new RunningKms(), new RunningKms()] as const
const keyIds: string[] = []

beforeAll(async () => {
  for (const one of kms) {
    await one.start()
    keyIds.push(String((await one.json('key', 'create', '--alias', 'films')).keyId))
  }
  const regions = kms.map(({ data }, i) => ({ name: 'ab'.charAt(i), credentials: join(data, 'credentials.json') }))
  writeFileSync(regionsFile, JSON.stringify({ regions }))
  writeFileSync(at('plain'), plaintext)
})
afterAll(async () => {
  for (const one of kms) await one[Symbol.asyncDispose]()
  rmSync(work, { recursive: true })
})

const run = (...args: string[]) => hufu([...args, '--regions', regionsFile])
const encrypt = (...args: string[]) => run('encrypt', '-k', `a:${keyIds[0]}`, '-k', `b:${keyIds[1]}`, ...args)
const ok = async (ended: ReturnType<typeof hufu>) => expect(await ended).toMatchObject({ code: 0, stderr: '' })

describe('files', () => {
  it('are sealed under the keys of two systems, and open while one of them is gone', async () => {
    await ok(encrypt(at('plain'), '-o', at('sealed'), '-c', 'film=Ran'))
    const inspected = JSON.parse((await hufu(['inspect', at('sealed'), '--json'])).stdout.toString())
    expect(inspected).toMatchObject({ context: { film: 'Ran' }, plaintextSize: plaintext.length })
    expect(inspected.recipients.map(({ region }: { region: string }) => region)).toEqual(['a', 'b'])
    await kms[0].end('SIGKILL')
    await ok(run('decrypt', at('sealed'), '-o', at('opened'), '-c', 'film=Ran'))
    expect(readFileSync(at('opened')).equals(plaintext)).toBe(true)
    const refused = await encrypt(at('plain'), '-o', at('none'))
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('a:') })
    const fewer = await encrypt(at('plain'), '-o', at('fewer'), '--minimum', '1')
    expect(fewer).toMatchObject({ code: 0, stderr: expect.stringContaining('sealed without a:') })
    await kms[0].start()
  })

  it('open while one system does not answer at all', async () => {
    await ok(encrypt(at('plain'), '-o', at('sealed')))
    kms[0].signal('SIGSTOP')
    const started = performance.now()
    await ok(run('decrypt', at('sealed'), '-o', at('opened')))
    expect((await encrypt(at('plain'), '-o', at('sealed'), '--minimum', '1')).code).toBe(0)
    expect(performance.now() - started).toBeLessThan(120_000)
    kms[0].signal('SIGCONT')
    expect(readFileSync(at('opened')).equals(plaintext)).toBe(true)
  })

  it('change their recipients in place', async () => {
    await ok(encrypt(at('plain'), '-o', at('rewrapped')))
    const before = readFileSync(at('rewrapped')).subarray(-100_000)
    await ok(run('rewrap', at('rewrapped'), '--remove', `a:${keyIds[0]}`))
    expect(readFileSync(at('rewrapped')).subarray(-100_000).equals(before)).toBe(true)
    await ok(hufu(['decrypt', at('rewrapped'), '-o', at('again'), '--data', kms[1].data]))
    expect(await hufu(['decrypt', at('rewrapped'), '-o', at('no'), '--data', kms[0].data])).toMatchObject({ code: 5 })
    expect(await run('rewrap', at('rewrapped'))).toMatchObject({ code: 2 })
  })

  it('that fail leave nothing behind', async () => {
    await ok(encrypt(at('plain'), '-o', at('sealed')))
    const sealed = readFileSync(at('sealed'))
    const names = () => readdirSync(work).sort()
    const before = [...names(), 'damaged'].sort()
    for (const damaged of [sealed.subarray(0, -1), sealed.subarray(0, 10), Buffer.concat([sealed, Buffer.of(0)])]) {
      writeFileSync(at('damaged'), damaged)
      expect(await run('decrypt', at('damaged'), '-o', at('result'))).toMatchObject({ code: 7 })
      expect(await run('decrypt', at('damaged'), '-o', at('result'), '-c', 'film=Ran')).toMatchObject({ code: 7 })
      expect(names()).toEqual(before)
    }
  })
})

describe('pipes', () => {
  it('go through both ways', async () => {
    const sealed = await hufu(['encrypt', '-k', 'alias/films', '--data', kms[0].data], plaintext)
    const opened = await hufu(['decrypt', '--data', kms[0].data], sealed.stdout)
    expect(opened.stdout.equals(plaintext)).toBe(true)
    const cut = await hufu(['decrypt', '--data', kms[0].data], sealed.stdout.subarray(0, -5))
    expect(cut.code).toBe(7)
    expect(plaintext.subarray(0, cut.stdout.length).equals(cut.stdout)).toBe(true)
    const cutToFile = await hufu(['decrypt', '--data', kms[0].data, '-o', at('cut')], sealed.stdout.subarray(0, -5))
    expect(cutToFile.code).toBe(7)
    expect(existsSync(at('cut'))).toBe(false)
  })

  it('end when they are called off, also where more may come', async () => {
    const args = ['encrypt', '-k', 'alias/films', '--data', kms[0].data]
    const child = spawn(process.execPath, [command, ...args], { stdio: ['pipe', 'pipe', 'ignore'] })
    const ended = once(child, 'exit')
    try {
      await once(child.stdout, 'data')
      child.kill('SIGINT')
      expect(await ended).toEqual([130, null])
    } finally {
      child.kill('SIGKILL')
      child.stdin.destroy()
    }
  })
})

describe('recipients', () => {
  const twoRegions = ['--regions', regionsFile]
  const regionsOf = (row: { recipients: { region: string }[] }) => row.recipients.map(({ region }) => region).join()

  it('of a directory are listed and changed file by file, and what is no message is told of', async () => {
    for (const name of ['x', 'y']) {
      mkdirSync(at('kept', name), { recursive: true })
      await ok(run('encrypt', at('plain'), '-k', 'a:alias/films', '-o', at('kept', name, 'film.hufu')))
    }
    await ok(run('rewrap', at('kept', 'x', 'film.hufu'), '--add', 'b:alias/films'))
    writeFileSync(at('kept', 'text'), 'no sealed message')
    writeFileSync(at('kept', 'x', '.film.hufu.hufu-killed'), 'half')
    const rewrapped = await hufu(['rewrap', at('kept'), '--add', 'b:alias/films', '--json', ...twoRegions])
    expect(rewrapped).toMatchObject({ code: 7, stderr: expect.stringContaining(at('kept', 'text')) })
    expect(JSON.parse(rewrapped.stdout.toString())).toEqual({ rewrapped: 1, left: 1, failed: 1 })
    rmSync(at('kept', 'text'))
    const listed = await hufu(['inspect', at('kept'), '--json'])
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    const rows = listed.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map((row) => [row.file, regionsOf(row)])).toEqual([
      [at('kept', 'x', 'film.hufu'), 'a,b'],
      [at('kept', 'y', 'film.hufu'), 'a,b'],
    ])
    await ok(hufu(['decrypt', at('kept', 'y', 'film.hufu'), '-o', at('kept-opened'), '--data', kms[1].data]))
    expect(readFileSync(at('kept-opened')).equals(plaintext)).toBe(true)
  })

  it('of what comes through a pipe are changed on its way', async () => {
    const sealed = await hufu(['encrypt', '-k', 'a:alias/films', ...twoRegions], plaintext)
    const rewrapped = await hufu(['rewrap', '-', '-k', 'b:alias/films', ...twoRegions], sealed.stdout)
    expect(rewrapped).toMatchObject({ code: 0, stderr: '' })
    expect(regionsOf(JSON.parse((await hufu(['inspect', '--json'], rewrapped.stdout)).stdout.toString()))).toBe('b')
    const opened = await hufu(['decrypt', '--data', kms[1].data], rewrapped.stdout)
    expect(opened.stdout.equals(plaintext)).toBe(true)
    expect(await hufu(['rewrap', '-', '-k', 'b:alias/films', ...twoRegions], plaintext)).toMatchObject({ code: 7 })
  })
})

describe('directories', () => {
  it('keep their structure, and go on where they were', async () => {
    mkdirSync(at('tree', 'x', 'y'), { recursive: true })
    mkdirSync(at('tree', 'empty'))
    for (const name of ['one', 'x/two', 'x/y/three']) writeFileSync(at('tree', name), name)
    await ok(run('encrypt', at('tree'), '-o', at('sealed-tree'), '-k', 'a:alias/films'))
    writeFileSync(at('sealed-tree', 'x', '.two.hufu.hufu-killed'), 'half')
    writeFileSync(at('tree', 'x', 'two'), 'changed')
    utimesSync(at('tree', 'x', 'two'), new Date(), new Date(Date.now() + 5_000))
    const untouched = statSync(at('sealed-tree', 'one.hufu')).mtimeMs
    await ok(run('encrypt', at('tree'), '-o', at('sealed-tree'), '-k', 'a:alias/films'))
    expect(statSync(at('sealed-tree', 'one.hufu')).mtimeMs).toBe(untouched)
    await ok(run('decrypt', at('sealed-tree'), '-o', at('opened-tree')))
    expect(readFileSync(at('opened-tree', 'x', 'two'), 'utf8')).toBe('changed')
    expect(readdirSync(at('opened-tree'), { recursive: true }).sort()).toEqual(
      readdirSync(at('tree'), { recursive: true }).sort(),
    )
  })
})

describe('wrong calls', () => {
  it.each([
    ['no key', ['encrypt', 'plain'], 2, 'required option'],
    ['a key of no region', ['encrypt', 'plain', '-k', 'alias/films'], 5, 'a:'],
    ['a key that is not there', ['encrypt', 'plain', '-k', 'a:alias/none'], 5, 'none'],
    ['more keys than there are', ['encrypt', 'plain', '-k', 'a:alias/films', '--minimum', '2'], 2, 'minimum'],
    ['no such file', ['decrypt', 'absent'], 1, 'ENOENT'],
    ['what is not sealed', ['decrypt', 'plain'], 7, 'hint'],
    ['a context without a value', ['decrypt', 'plain', '-c', 'film'], 2, 'NAME=VALUE'],
    ['a directory without a place', ['encrypt', '.', '-k', 'a:alias/films'], 2, '-o'],
  ] as const)('%s', async (_name, [verb, name, ...more], code, told) => {
    const ended = await run(verb, at(name), ...more)
    expect(ended.stderr).toContain(told)
    expect(ended.code).toBe(code)
  })

  it('a regions file that is wrong is told by its key', async () => {
    writeFileSync(at('wrong.json'), JSON.stringify({ regions: [{ name: 'a', endpoint: 'nowhere', credentials: 'x' }] }))
    const { code, stderr } = await hufu(['decrypt', at('plain'), '--regions', at('wrong.json')])
    expect(code).toBe(2)
    expect(stderr).toContain('regions.0.endpoint')
  })
})
