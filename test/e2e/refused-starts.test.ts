import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Hufu, hufuCommand } from './support/hufu.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-refused-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const up = (...args: string[]) => hufuCommand(['up', '--kms-port', '0', '--s3-port', '0', ...args])

describe('a start that must not happen', () => {
  it('refuses a second start on one data directory, until the first has ended', async () => {
    await using first = await Hufu.start()
    const second = await up('--data', first.data)
    expect(second.code).not.toBe(0)
    expect(second.stderr).toMatch(/in use/)
    expect(second.stderr).toContain(first.data)
    await first.end('SIGKILL')
    await using third = await Hufu.start(first.data)
    expect(await third.end('SIGTERM')).toBe(0)
  })

  it('names the port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    for (const flag of ['--kms-port', '--s3-port']) {
      const { code, stderr } = await hufuCommand([
        'up',
        '--data',
        join(work, flag),
        '--kms-port',
        '0',
        '--s3-port',
        '0',
        flag,
        String(port),
      ])
      expect(code).not.toBe(0)
      expect(stderr).toContain(String(port))
      expect(stderr).toMatch(/in use/)
      expect(stderr).toMatch(/hint|--kms-port|--s3-port/)
    }
    taken.close()
  })

  it('names the key of a configuration that is wrong, and the file that is not there', async () => {
    const config = join(work, 'config.json')
    writeFileSync(config, JSON.stringify({ kmsPort: 'seven' }))
    const wrong = await up('--data', join(work, 'a'), '--config', config)
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain('kmsPort')
    writeFileSync(config, '{ not json')
    expect((await up('--data', join(work, 'a'), '--config', config)).stderr).toContain(config)
    const absent = await up('--data', join(work, 'a'), '--config', join(work, 'absent.json'))
    expect(absent.code).not.toBe(0)
    expect(absent.stderr).toContain('absent.json')
  })

  it('says so when the data directory is a file', async () => {
    const file = join(work, 'file')
    writeFileSync(file, '')
    chmodSync(file, 0o600)
    const { code, stderr } = await up('--data', file)
    expect(code).not.toBe(0)
    expect(stderr).toContain(file)
  })
})
