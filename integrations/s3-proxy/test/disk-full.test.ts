import { randomBytes } from 'node:crypto'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { directoryStore } from '../src/index.ts'
import { ok } from './clients/run.ts'
import { errorOf, type Fixture, send, startFixture } from './proxy-fixture.ts'

const MiB = 1024 * 1024

/** Mounting needs root, or sudo without a password. */
const asRoot = (...command: string[]) =>
  process.getuid?.() === 0 ? ok(command[0] ?? '', command.slice(1)) : ok('sudo', ['-n', ...command])

describe('a full disk', () => {
  let fixture: Fixture
  let directory: string
  const request = (method: string, path: string, body?: Buffer) =>
    send(fixture.proxy.url, method, path, body === undefined ? {} : { body })
  const listed = async () => (await (await request('GET', '/bucket')).text()).match(/<Key>[^<]*<\/Key>/g) ?? []
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hufu-full-'))
    await asRoot('mount', '-t', 'tmpfs', '-o', `size=24m,mode=0700,uid=${process.getuid?.()}`, 'tmpfs', directory)
    fixture = await startFixture(directoryStore(directory))
    await request('PUT', '/bucket')
  })
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]()
    await asRoot('umount', directory)
    await rmdir(directory)
  })

  it('refuses the object that does not fit, keeps what is there, and takes objects again when there is room', async () => {
    const kept = randomBytes(8 * MiB)
    expect((await request('PUT', '/bucket/kept', kept)).status).toBe(200)
    const refused = await errorOf(await request('PUT', '/bucket/large', randomBytes(30 * MiB)))
    expect(refused).toMatchObject({ status: 507, code: 'StorageFull' })
    expect(refused.message).toContain('disk')
    expect(await errorOf(await request('PUT', '/bucket/kept', randomBytes(30 * MiB)))).toMatchObject({
      code: 'StorageFull',
    })
    expect(await listed()).toEqual(['<Key>kept</Key>'])
    const answer = await request('GET', '/bucket/kept')
    expect(Buffer.from(await answer.arrayBuffer()).equals(kept)).toBe(true)
    expect((await request('PUT', '/bucket/small', randomBytes(8 * MiB))).status).toBe(200)
    expect((await request('DELETE', '/bucket/small')).status).toBe(204)
    expect((await request('PUT', '/bucket/again', randomBytes(8 * MiB))).status).toBe(200)
    expect(await listed()).toEqual(['<Key>again</Key>', '<Key>kept</Key>'])
  })

  it('refuses the part that does not fit, and the upload can be aborted', async () => {
    const started = await (await request('POST', '/bucket/parts?uploads')).text()
    const id = /<UploadId>(.*)<\/UploadId>/.exec(started)?.[1] ?? ''
    const part = await errorOf(await request('PUT', `/bucket/parts?partNumber=1&uploadId=${id}`, randomBytes(20 * MiB)))
    expect(part).toMatchObject({ status: 507, code: 'StorageFull' })
    expect((await request('DELETE', `/bucket/parts?uploadId=${id}`)).status).toBe(204)
    expect(await listed()).toEqual(['<Key>again</Key>', '<Key>kept</Key>'])
  })
})
