import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkVolume, readMountState } from '../src/index.ts'
import { type Faults, faults } from './support/faults.ts'
import { type Served, served } from './support/served.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

const NOBODY = 65_534

describe.each([false, true])('a creation that fails in its midst, integrity %s', (integrity) => {
  let volume: Served
  let fault: Faults
  const at = (...names: string[]) => join(volume.path, ...names)
  beforeAll(async () => {
    volume = served()
    fault = faults()
    fault.set(null)
    await volume.start(fault.env(volume.backing), { integrity, allowOther: true })
    for (const folder of [dirname(volume.path), volume.path]) chmodSync(folder, 0o777)
    mkdirSync(at('open'))
    chmodSync(at('open'), 0o777)
  })
  afterEach(() => fault.set(null))
  afterAll(async () => {
    await volume[Symbol.asyncDispose]()
    fault[Symbol.dispose]()
  })

  /** What a script printed that another user runs: to whom what is made is given. */
  async function asNobody(script: string): Promise<string> {
    const child = spawn('python3', ['-c', script], {
      cwd: at('open'),
      uid: NOBODY,
      gid: NOBODY,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await once(child, 'close')
    return printed.trim()
  }
  const MAKE = `import errno, os, stat
def told(make):
  try: make(); return 'made'
  except OSError as error: return errno.errorcode[error.errno]
print(told(lambda: os.close(os.open('file', os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))), told(lambda: os.mknod('node', stat.S_IFREG | 0o600)),
  told(lambda: os.mkfifo('pipe')), told(lambda: os.symlink('target', 'link')), told(lambda: os.mkdir('dir')), told(lambda: os.mkdir('d' * 200)))`

  it('leaves nothing where what was made can not be given to its owner, and it can be made again', async () => {
    fault.set('chown')
    expect(await asNobody(MAKE)).toBe('EIO EIO EIO EIO EIO EIO')
    fault.set(null)
    expect(readdirSync(at('open'))).toEqual([])
    expect(await asNobody(MAKE)).toBe('made made made made made made')
    expect(readdirSync(at('open')).sort()).toEqual(['d'.repeat(200), 'dir', 'file', 'link', 'node', 'pipe'])
  })

  it('keeps its descriptors, and the files of others, where a new file can not be read', async () => {
    const descriptors = () => readdirSync(`/proc/${readMountState(volume.backing)?.pid}/fd`).length
    mkdirSync(at('dir'))
    writeFileSync(at('dir', 'other'), 'of others')
    fault.set('read')
    const attempt = (i: number) => {
      try {
        closeSync(openSync(at('dir', `file ${i}`), 'wx'))
        return 'made'
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error
      }
    }
    const told = integrity ? 'EIO' : 'made' // it has its key from the file then
    expect(attempt(0)).toBe(told)
    const before = descriptors()
    for (let i = 1; i <= 50; i++) expect(attempt(i)).toBe(told)
    fault.set(null)
    // A file is closed after its closing was answered.
    await expect.poll(descriptors, { timeout: 30_000 }).toBeLessThanOrEqual(before + 5)
    expect(readFileSync(at('dir', 'other'), 'utf8')).toBe('of others')
    expect(readdirSync(at('dir')).length).toBe(integrity ? 1 : 52)
    for (let i = 0; i <= 50; i++) writeFileSync(at('dir', `file ${i}`), `content ${i}`)
    for (let i = 0; i <= 50; i++) expect(readFileSync(at('dir', `file ${i}`), 'utf8')).toBe(`content ${i}`)
    await volume.stop()
    expect((await checkVolume({ directory: volume.backing, services: [unsafeOpenService] })).findings).toEqual([])
    expect(volume.log.filter((line) => line.startsWith('damaged'))).toEqual([])
  })
})
