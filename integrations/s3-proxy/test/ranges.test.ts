import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStore } from '../src/index.ts'
import { errorOf, type Fixture, send, startFixture } from './proxy-fixture.ts'

const MiB = 1024 * 1024
const SEGMENT = 65_536

describe('ranges', () => {
  let fixture: Fixture
  const objects = new Map<string, Buffer>()
  const request = (method: string, path: string, options = {}) => send(fixture.proxy.url, method, path, options)
  beforeAll(async () => {
    fixture = await startFixture(memoryStore())
    await request('PUT', '/bucket')
    for (const size of [1, 5_000, SEGMENT, 3 * SEGMENT + 7]) {
      objects.set(`whole-${size}`, randomBytes(size))
      await request('PUT', `/bucket/whole-${size}`, { body: objects.get(`whole-${size}`) })
    }
    await request('PUT', '/bucket/empty')
    await upload('parts', [5 * MiB, 5 * MiB + 1, 2 * SEGMENT + 5])
    await upload('one-part', [3])
    await upload('large-last', [5 * MiB, 6 * MiB])
  })
  afterAll(() => fixture[Symbol.asyncDispose]())

  async function upload(key: string, sizes: readonly number[]): Promise<void> {
    const started = await (await request('POST', `/bucket/${key}?uploads`)).text()
    const id = /<UploadId>(.*)<\/UploadId>/.exec(started)?.[1] ?? ''
    const parts = sizes.map((size) => randomBytes(size))
    let xml = ''
    for (const [i, body] of parts.entries()) {
      const answer = await request('PUT', `/bucket/${key}?partNumber=${i + 1}&uploadId=${id}`, { body })
      xml += `<Part><PartNumber>${i + 1}</PartNumber><ETag>${answer.headers.get('etag')}</ETag></Part>`
    }
    const body = `<CompleteMultipartUpload>${xml}</CompleteMultipartUpload>`
    expect((await request('POST', `/bucket/${key}?uploadId=${id}`, { body })).status).toBe(200)
    objects.set(key, Buffer.concat(parts))
  }

  const read = async (key: string, range?: string) => {
    const answer = await request('GET', `/bucket/${key}`, range === undefined ? {} : { headers: { range } })
    return { answer, bytes: Buffer.from(await answer.arrayBuffer()) }
  }

  it('of any first and last byte give those bytes', async () => {
    const position = fc.oneof(
      fc.nat(12 * MiB),
      fc.nat(200),
      fc.integer({ min: SEGMENT - 2, max: SEGMENT + 2 }),
      fc.integer({ min: 5 * MiB - 2, max: 5 * MiB + 2 }),
      fc.integer({ min: 10 * MiB - 1, max: 10 * MiB + 3 }),
    )
    const cases = fc.tuple(
      fc.constantFrom(...objects.keys()),
      position,
      fc.option(fc.oneof(position, fc.nat(10)), { nil: null }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ([key, first, length]) => {
        const whole = objects.get(key) ?? Buffer.alloc(0)
        const last = length === null ? null : first + length
        const { answer, bytes } = await read(key, `bytes=${first}-${last ?? ''}`)
        if (first >= whole.length) {
          expect(answer.status).toBe(416)
          return
        }
        const end = Math.min(whole.length, (last ?? whole.length - 1) + 1)
        expect(answer.status).toBe(206)
        expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${end - 1}/${whole.length}`)
        expect(bytes.equals(whole.subarray(first, end))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('of the last bytes give those', async () => {
    for (const [key, whole] of objects) {
      for (const count of [1, 2, 100, SEGMENT, whole.length, whole.length + 1]) {
        const { answer, bytes } = await read(key, `bytes=-${count}`)
        expect(answer.status).toBe(206)
        expect(bytes.equals(whole.subarray(-Math.min(count, whole.length)))).toBe(true)
      }
    }
  })

  it('that take nothing are InvalidRange', async () => {
    for (const [key, range] of [
      ['whole-1', 'bytes=1-'],
      ['whole-5000', 'bytes=5000-6000'],
      ['parts', 'bytes=-0'],
      ['empty', 'bytes=0-'],
      ['empty', 'bytes=-5'],
      ['parts', 'bytes=99999999999999999999-'],
    ] as const)
      expect(await errorOf(await request('GET', `/bucket/${key}`, { headers: { range } }))).toMatchObject({
        status: 416,
        code: 'InvalidRange',
      })
  })

  it.each(['bytes=0-1,4-5', 'bytes=5-1', 'lines=0-1', 'bytes=', 'bytes=-', 'bytes=a-b', '0-1'])(
    'of the form %s give the whole, as S3 does',
    async (range) => {
      const { answer, bytes } = await read('whole-5000', range)
      expect(answer.status).toBe(200)
      expect(bytes.equals(objects.get('whole-5000') ?? Buffer.alloc(0))).toBe(true)
    },
  )

  it('are told by HEAD too', async () => {
    const answer = await request('HEAD', '/bucket/parts', { headers: { range: 'bytes=5-9' } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-length')).toBe('5')
  })

  it('by part number give that part', async () => {
    const whole = objects.get('parts') ?? Buffer.alloc(0)
    const answer = await request('GET', '/bucket/parts?partNumber=3')
    expect(answer.headers.get('x-amz-mp-parts-count')).toBe('3')
    expect(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(10 * MiB + 1))).toBe(true)
    expect(await errorOf(await request('GET', '/bucket/parts?partNumber=4'))).toMatchObject({
      status: 416,
      code: 'InvalidPartNumber',
    })
  })

  it('of the whole object are the object, empty or not', async () => {
    for (const [key, whole] of objects) expect((await read(key)).bytes.equals(whole)).toBe(true)
    expect((await read('empty')).bytes.length).toBe(0)
  })
})
