import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, memoryStore, type ObjectStore, type OpenedObject } from '../src/index.ts'
import { errorOf, type Fixture, send, startFixture } from './proxy-fixture.ts'

const MiB = 1024 * 1024

type Damage = (stored: Buffer) => Buffer

/** A store that a backend has damaged: it gives other bytes than it was given. */
function damaged(store: ObjectStore, damage: { now: Damage | null }): ObjectStore {
  const bytesOf = async (name: { bucket: string; key: string }): Promise<Buffer> => {
    const chunks: Buffer[] = []
    for await (const chunk of (await store.open(name, {})).body) chunks.push(Buffer.from(chunk))
    return damage.now?.(Buffer.concat(chunks)) ?? Buffer.concat(chunks)
  }
  async function* chunked(bytes: Buffer): Body {
    for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
  }
  return new Proxy(store, {
    get(target, property: keyof ObjectStore) {
      if (property === 'open')
        return async (
          name: { bucket: string; key: string },
          { range }: Parameters<ObjectStore['open']>[1],
        ): Promise<OpenedObject> => {
          const [info, bytes] = [await store.head(name), await bytesOf(name)]
          const start =
            range === undefined ? 0 : 'suffix' in range ? Math.max(0, bytes.length - range.suffix) : range.start
          const end = range !== undefined && 'end' in range ? range.end : undefined
          return { info: { ...info, size: bytes.length }, start, body: chunked(bytes.subarray(start, end)), close() {} }
        }
      if (property === 'head')
        return async (name: { bucket: string; key: string }) => ({
          ...(await store.head(name)),
          size: (await bytesOf(name)).length,
        })
      const value = target[property]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe('a stored object that was changed', () => {
  let fixture: Fixture
  const damage: { now: Damage | null } = { now: null }
  const whole = randomBytes(3 * MiB + 11)
  const parts = [randomBytes(5 * MiB), randomBytes(70_000)]
  const request = (method: string, path: string, options = {}) => send(fixture.proxy.url, method, path, options)
  beforeAll(async () => {
    fixture = await startFixture(damaged(memoryStore(), damage))
    await request('PUT', '/bucket')
    await request('PUT', '/bucket/whole', { body: whole })
    await request('PUT', '/bucket/other', { body: whole })
    const id = /<UploadId>(.*)<\/UploadId>/.exec(await (await request('POST', '/bucket/parts?uploads')).text())?.[1]
    let xml = ''
    for (const [i, body] of parts.entries()) {
      const answer = await request('PUT', `/bucket/parts?partNumber=${i + 1}&uploadId=${id}`, { body })
      xml += `<Part><PartNumber>${i + 1}</PartNumber><ETag>${answer.headers.get('etag')}</ETag></Part>`
    }
    await request('POST', `/bucket/parts?uploadId=${id}`, {
      body: `<CompleteMultipartUpload>${xml}</CompleteMultipartUpload>`,
    })
  })
  afterAll(() => fixture[Symbol.asyncDispose]())

  /** What a client receives: all that it got, and whether the answer came to its proper end. */
  async function received(path: string, headers = {}) {
    const chunks: Buffer[] = []
    let status = 0
    try {
      const answer = await request('GET', path, { headers })
      status = answer.status
      for await (const chunk of answer.body ?? []) chunks.push(Buffer.from(chunk))
      return { status, complete: true, bytes: Buffer.concat(chunks) }
    } catch {
      return { status, complete: false, bytes: Buffer.concat(chunks) }
    }
  }

  async function expectRefused(key: 'whole' | 'parts', change: Damage): Promise<void> {
    const plaintext = key === 'whole' ? whole : Buffer.concat(parts)
    damage.now = change
    const before = fixture.records.length
    const { status, complete, bytes } = await received(`/bucket/${key}`)
    damage.now = null
    expect(status === 422 || !complete).toBe(true)
    if (status !== 422) {
      expect(bytes.length).toBeLessThan(plaintext.length)
      expect(bytes.equals(plaintext.subarray(0, bytes.length))).toBe(true)
    }
    await expect
      .poll(() => fixture.records.slice(before).at(-1))
      .toMatchObject({ outcome: 'ObjectNotAuthentic', operation: 'GetObject', key })
    expect(fixture.records.at(-1)?.reason).toContain('not authentic')
  }

  const flip =
    (at: number): Damage =>
    (stored) => {
      const changed = Buffer.from(stored)
      const position = at < 0 ? stored.length + at : at
      changed.writeUInt8(changed.readUInt8(position) ^ 1, position)
      return changed
    }

  it.each(['whole', 'parts'] as const)('is read as it was when nothing was changed: %s', async (key) => {
    const { complete, bytes } = await received(`/bucket/${key}`)
    expect(complete && bytes.equals(key === 'whole' ? whole : Buffer.concat(parts))).toBe(true)
  })

  it.each([0, 4, 5, 6, 15, 16, 31, 32, 65_567, 65_568, 65_583, 65_584, 1_000_000, 3 * MiB])(
    'is cut off at a flipped bit of byte %d',
    async (at) => {
      await expectRefused('whole', flip(at))
      await expectRefused('parts', flip(at))
    },
  )

  it.each([1, 8, 12, 16, 17, 32, 33, 48, 60, 64, 65, 80, 100, 150, 223, 224, 225, 240])(
    'is cut off at a flipped bit %d bytes before the end',
    async (back) => {
      await expectRefused('whole', flip(-back))
      await expectRefused('parts', flip(-back))
    },
  )

  it.each([1, 16, 64, 65_552, 2 * MiB])('is refused when it lacks its last %d bytes', async (count) => {
    await expectRefused('whole', (stored) => stored.subarray(0, -count))
    await expectRefused('parts', (stored) => stored.subarray(0, -count))
  })

  it('is refused when bytes were added, segments swapped, or one cut out', async () => {
    const segment = (stored: Buffer, i: number) => stored.subarray(32 + i * 65_552, 32 + (i + 1) * 65_552)
    for (const key of ['whole', 'parts'] as const) {
      await expectRefused(key, (stored) => Buffer.concat([stored, Buffer.alloc(16)]))
      await expectRefused(key, (stored) =>
        Buffer.concat([
          stored.subarray(0, 32),
          segment(stored, 1),
          segment(stored, 0),
          stored.subarray(32 + 2 * 65_552),
        ]),
      )
      await expectRefused(key, (stored) => Buffer.concat([stored.subarray(0, 32), stored.subarray(32 + 65_552)]))
    }
  })

  it('is refused in a range that touches the change, and served in one that does not', async () => {
    damage.now = flip(1_000_000)
    const touched = await received('/bucket/whole', { range: 'bytes=990000-1000000' })
    const untouched = await received('/bucket/whole', { range: 'bytes=10-20' })
    damage.now = null
    expect(touched.status === 422 || !touched.complete).toBe(true)
    expect(untouched.bytes.equals(whole.subarray(10, 21))).toBe(true)
  })

  it('is refused under the name of another', async () => {
    const [info, { body }] = [
      await fixture.store.head({ bucket: 'bucket', key: 'whole' }),
      await fixture.store.open({ bucket: 'bucket', key: 'whole' }, {}),
    ]
    await fixture.store.put({ bucket: 'bucket', key: 'swapped' }, info, {}, body)
    expect(await errorOf(await request('GET', '/bucket/swapped'))).toMatchObject({
      status: 422,
      code: 'ObjectNotAuthentic',
    })
  })

  it('is refused when it was never sealed, or its envelope is broken', async () => {
    async function* bytes(): Body {
      yield Buffer.from('plaintext put there by another way')
    }
    const put = (key: string, metadata: Record<string, string>) =>
      fixture.store.put({ bucket: 'bucket', key }, { headers: {}, metadata, size: 34 }, {}, bytes())
    await put('foreign', {})
    expect(await errorOf(await request('GET', '/bucket/foreign'))).toMatchObject({
      status: 422,
      code: 'ObjectNotEncrypted',
    })
    for (const hufu of ['', 'AA', 'x'.repeat(200), Buffer.alloc(200, 1).toString('base64url')]) {
      await put('foreign', { hufu })
      expect(await errorOf(await request('GET', '/bucket/foreign'))).toMatchObject({
        status: 422,
        code: 'ObjectNotAuthentic',
      })
      expect((await request('HEAD', '/bucket/foreign')).status).toBe(422)
    }
  })

  it('is cut off, not ended, when the change comes late', async () => {
    damage.now = flip(3 * MiB)
    const { status, complete, bytes } = await received('/bucket/whole')
    damage.now = null
    expect({ status, complete }).toEqual({ status: 200, complete: false })
    expect(bytes.equals(whole.subarray(0, bytes.length))).toBe(true)
  })

  it('is refused at a flipped bit anywhere in its envelope', async () => {
    const info = await fixture.store.head({ bucket: 'bucket', key: 'other' })
    const envelope = Buffer.from(info.metadata.hufu ?? '', 'base64url')
    const { body } = await fixture.store.open({ bucket: 'bucket', key: 'other' }, {})
    const stored: Buffer[] = []
    for await (const chunk of body) stored.push(Buffer.from(chunk))
    for (let at = 0; at < envelope.length; at++) {
      const hufu = flip(at)(envelope).toString('base64url')
      async function* again(): Body {
        yield* stored
      }
      await fixture.store.put({ bucket: 'bucket', key: 'other' }, { ...info, metadata: { hufu } }, {}, again())
      expect((await request('GET', '/bucket/other')).status).toBe(422)
    }
  })
})
