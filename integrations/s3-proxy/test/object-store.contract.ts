import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Body, ObjectStore, UploadName } from '../src/index.ts'

const MiB = 1024 * 1024

export async function* body(...chunks: Uint8Array[]): Body {
  yield* chunks
}

export async function bytesOf(source: Body): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const code = (expected: string) => expect.objectContaining({ code: expected })
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const plain = { headers: {}, metadata: {} }

/** What every store must do; `open` makes a fresh one. */
export function objectStoreContract(
  name: string,
  open: () => Promise<{ store: ObjectStore; close(): Promise<void> }>,
): void {
  describe(`object store: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: ObjectStore
    const bucket = 'contract'
    beforeAll(async () => {
      opened = await open()
      store = opened.store
      await store.createBucket(bucket)
    })
    afterAll(() => opened.close())

    const put = (key: string, bytes: Uint8Array, condition = {}) =>
      store.put({ bucket, key }, { ...plain, size: bytes.length }, condition, body(bytes))
    const get = async (key: string) => bytesOf((await store.open({ bucket, key }, {})).body)
    const keys = async (prefix: string) =>
      (await store.list(bucket, { prefix, delimiter: '', after: '', limit: 1000 })).objects.map(({ key }) => key)

    describe('buckets', () => {
      it('are made, found, listed and removed', async () => {
        await store.createBucket('second')
        await expect(store.createBucket('second')).rejects.toEqual(code('BucketAlreadyOwnedByYou'))
        await store.headBucket('second')
        expect((await store.listBuckets()).map((one) => one.name)).toEqual(['contract', 'second'])
        await store.deleteBucket('second')
        await expect(store.headBucket('second')).rejects.toEqual(code('NoSuchBucket'))
        await expect(store.deleteBucket('second')).rejects.toEqual(code('NoSuchBucket'))
      })

      it('that are missing are missing to every operation', async () => {
        const name = { bucket: 'missing', key: 'k' }
        const missing = code('NoSuchBucket')
        await expect(store.put(name, { ...plain, size: 1 }, {}, body(Buffer.alloc(1)))).rejects.toEqual(missing)
        await expect(store.open(name, {})).rejects.toEqual(missing)
        await expect(store.delete(name)).rejects.toEqual(missing)
        await expect(store.list('missing', { prefix: '', delimiter: '', after: '', limit: 1 })).rejects.toEqual(missing)
        await expect(store.createUpload(name, plain)).rejects.toEqual(missing)
      })

      it('are removed only when empty, and then with their records and uploads', async () => {
        await store.createBucket('full')
        const name = { bucket: 'full', key: 'k' }
        await store.put(name, { ...plain, size: 1 }, {}, body(Buffer.alloc(1)))
        await store.keepRecord('full', 'r', Buffer.from('kept'))
        await expect(store.deleteBucket('full')).rejects.toEqual(code('BucketNotEmpty'))
        expect(await store.record('full', 'r')).toEqual(Buffer.from('kept'))
        await store.delete(name)
        await store.deleteBucket('full')
        await store.createBucket('full')
        expect(await store.record('full', 'r')).toBeNull()
        await store.deleteBucket('full')
      })

      it('keep the first of a record', async () => {
        expect(await store.record(bucket, 'first')).toBeNull()
        expect(await store.keepRecord(bucket, 'first', Buffer.from('a'))).toEqual(Buffer.from('a'))
        expect(await store.keepRecord(bucket, 'first', Buffer.from('b'))).toEqual(Buffer.from('a'))
        expect(await keys('')).toEqual([])
      })
    })

    describe('objects', () => {
      it.each([1, 65_536, 1_048_576, 3 * MiB + 7])('of %d bytes come back as they were', async (size) => {
        const bytes = randomBytes(size)
        const written = await put('bytes', bytes)
        const { info, body: read } = await store.open({ bucket, key: 'bytes' }, {})
        expect((await bytesOf(read)).equals(bytes)).toBe(true)
        expect(info).toMatchObject({ size, etag: written.etag })
        expect(Math.abs(info.modified - Date.now())).toBeLessThan(60_000)
      })

      it('keep headers and metadata', async () => {
        const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store', 'content-language': 'de' }
        const metadata = { a: 'one', 'with-dash': 'ü is \xfc' }
        await store.put({ bucket, key: 'meta' }, { headers, metadata, size: 1 }, {}, body(Buffer.alloc(1)))
        expect(await store.head({ bucket, key: 'meta' })).toMatchObject({ headers, metadata })
      })

      it('are read in ranges', async () => {
        const bytes = randomBytes(2 * MiB + 100)
        const { etag } = await put('range', bytes)
        const read = async (range: Parameters<ObjectStore['open']>[1]['range'] & object) => {
          const { start, body: part, info } = await store.open({ bucket, key: 'range' }, { range, ifMatch: etag })
          expect(info.size).toBe(bytes.length)
          return `${start} ${sha256(await bytesOf(part))}`
        }
        const part = (start: number, end?: number) => `${start} ${sha256(bytes.subarray(start, end))}`
        expect(await read({ start: 5, end: 9 })).toBe(part(5, 9))
        expect(await read({ start: MiB + 1 })).toBe(part(MiB + 1))
        expect(await read({ start: bytes.length - 1, end: 2 ** 40 })).toBe(part(bytes.length - 1))
        expect(await read({ suffix: 64 })).toBe(part(bytes.length - 64))
        expect(await read({ suffix: 2 ** 40 })).toBe(part(0))
        await expect(read({ start: bytes.length })).rejects.toEqual(code('InvalidRange'))
        const other = store.open({ bucket, key: 'range' }, { ifMatch: `${etag}x` })
        await expect(other).rejects.toEqual(code('PreconditionFailed'))
      })

      it('are replaced as a whole, and read on as they were', async () => {
        const [first, second] = [randomBytes(2 * MiB), randomBytes(100)]
        await put('replaced', first)
        const { body: reading } = await store.open({ bucket, key: 'replaced' }, {})
        const before = await put('replaced', second)
        expect((await get('replaced')).equals(second)).toBe(true)
        expect((await bytesOf(reading)).equals(first)).toBe(true)
        expect((await store.head({ bucket, key: 'replaced' })).etag).toBe(before.etag)
      })

      it('are gone when deleted, and again', async () => {
        await put('gone', Buffer.from('x'))
        await store.delete({ bucket, key: 'gone' })
        await store.delete({ bucket, key: 'gone' })
        await expect(store.head({ bucket, key: 'gone' })).rejects.toEqual(code('NoSuchKey'))
        await expect(store.open({ bucket, key: 'gone' }, {})).rejects.toEqual(code('NoSuchKey'))
      })

      it('whose body fails are not there, and what was there stays', async () => {
        await put('half', Buffer.from('before'))
        const failing = async function* (): Body {
          yield Buffer.alloc(MiB)
          throw new RangeError('the client went away')
        }
        for (const key of ['half', 'half-new']) {
          const writing = store.put({ bucket, key }, { ...plain, size: 2 * MiB }, {}, failing())
          await expect(writing).rejects.toThrow('the client went away')
        }
        expect(await get('half')).toEqual(Buffer.from('before'))
        expect(await keys('half')).toEqual(['half'])
      })

      it('are written under conditions', async () => {
        const { etag } = await put('condition', Buffer.from('1'), { ifAbsent: true })
        await expect(put('condition', Buffer.from('2'), { ifAbsent: true })).rejects.toEqual(code('PreconditionFailed'))
        await expect(put('condition', Buffer.from('2'), { ifMatch: `${etag}0` })).rejects.toEqual(
          code('PreconditionFailed'),
        )
        await expect(put('condition-new', Buffer.from('2'), { ifMatch: etag })).rejects.toMatchObject({
          code: expect.stringMatching(/NoSuchKey|PreconditionFailed/),
        })
        await put('condition', Buffer.from('3'), { ifMatch: etag })
        expect(await get('condition')).toEqual(Buffer.from('3'))
      })

      it('are copied with new properties, and live on when the source goes', async () => {
        const bytes = randomBytes(3 * MiB)
        const { etag } = await put('source', bytes)
        const target = { headers: { 'content-type': 'a/b' }, metadata: { new: 'yes' } }
        await store.copy({ bucket, key: 'source', etag }, { bucket, key: 'target' }, target, {})
        await store.delete({ bucket, key: 'source' })
        expect((await get('target')).equals(bytes)).toBe(true)
        expect(await store.head({ bucket, key: 'target' })).toMatchObject(target)
        const again = store.copy({ bucket, key: 'target', etag: 'other' }, { bucket, key: 'x' }, plain, {})
        await expect(again).rejects.toEqual(code('PreconditionFailed'))
      })

      it('are copied onto themselves', async () => {
        const bytes = randomBytes(1000)
        const { etag } = await put('self', bytes)
        await store.copy(
          { bucket, key: 'self', etag },
          { bucket, key: 'self' },
          { headers: {}, metadata: { v: '2' } },
          {},
        )
        expect((await get('self')).equals(bytes)).toBe(true)
        expect((await store.head({ bucket, key: 'self' })).metadata).toEqual({ v: '2' })
      })
    })

    describe('names', () => {
      const names = [
        'a',
        'a/b',
        'a//b',
        'a/',
        '/a',
        '//',
        '../../../etc/passwd',
        './x',
        'A',
        'Ä',
        'ä',
        '漢字/キー',
        '🔑',
        ' ',
        'with space',
        '%2e%2e',
        'a%b',
        'a+b',
        'quote\'"',
        'new\nline',
        '\u0001',
        'ｶ',
        '\uffff',
        'x'.repeat(1024),
        'ü'.repeat(512),
        `${'d/'.repeat(500)}f`,
        'CON',
        'a\\b',
        'a:b',
        '~',
        '-',
        '.hidden',
        '...',
        '*?<>|',
      ]

      it('of every kind hold their own object', async () => {
        await store.createBucket('names')
        for (const key of names)
          await store.put(
            { bucket: 'names', key },
            { ...plain, size: Buffer.byteLength(key) },
            {},
            body(Buffer.from(key)),
          )
        for (const key of names)
          expect((await bytesOf((await store.open({ bucket: 'names', key }, {})).body)).toString()).toBe(key)
        const { objects } = await store.list('names', { prefix: '', delimiter: '', after: '', limit: 1000 })
        const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        expect(objects.map(({ key }) => key)).toEqual(sorted)
        for (const key of names) await store.delete({ bucket: 'names', key })
        await store.deleteBucket('names')
      })
    })

    describe('listing', () => {
      const listed = ['a', 'a-b', 'a/b', 'a/c/d', 'a/c/e', 'b/', 'b/x', 'c', 'd\u{1F511}', 'd\uffff']
      const sorted = [...listed].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      beforeAll(async () => {
        await store.createBucket('listing')
        for (const key of listed)
          await store.put({ bucket: 'listing', key }, { ...plain, size: 1 }, {}, body(Buffer.alloc(1)))
      })
      const all = async (prefix: string, delimiter: string, limit: number) => {
        const names: string[] = []
        for (let after: string | null = ''; after !== null; ) {
          const page: Awaited<ReturnType<ObjectStore['list']>> = await store.list('listing', {
            prefix,
            delimiter,
            after,
            limit,
          })
          expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(limit)
          names.push(
            ...[...page.objects.map(({ key }) => key), ...page.prefixes].sort((a, b) =>
              Buffer.compare(Buffer.from(a), Buffer.from(b)),
            ),
          )
          after = page.next
        }
        return names
      }

      it.each([1, 2, 3, 1000])('goes through all names, %d a page', async (limit) => {
        expect(await all('', '', limit)).toEqual(sorted)
      })

      it.each([1, 2, 1000])('rolls up at a delimiter, %d a page', async (limit) => {
        expect(await all('', '/', limit)).toEqual(['a', 'a-b', 'a/', 'b/', 'c', 'd\uffff', 'd\u{1F511}'])
        expect(await all('a/', '/', limit)).toEqual(['a/b', 'a/c/'])
        expect(await all('a', 'c/', limit)).toEqual(['a', 'a-b', 'a/b', 'a/c/'])
      })

      it('takes a prefix, and names after a name', async () => {
        expect(await all('a/c/', '', 10)).toEqual(['a/c/d', 'a/c/e'])
        expect(await all('nothing', '', 10)).toEqual([])
        const page = await store.list('listing', { prefix: '', delimiter: '', after: 'b/', limit: 2 })
        expect(page.objects.map(({ key }) => key)).toEqual(['b/x', 'c'])
        expect(await store.list('listing', { prefix: '', delimiter: '', after: '', limit: 0 })).toEqual({
          objects: [],
          prefixes: [],
          next: null,
        })
      })
    })

    describe('uploads', () => {
      const start = async (key: string): Promise<UploadName> => ({
        bucket,
        key,
        uploadId: await store.createUpload(
          { bucket, key },
          { headers: { 'content-type': 'up/load' }, metadata: { m: '1' } },
        ),
      })
      const part = (upload: UploadName, number: number, bytes: Buffer, kind: 'part' | 'staged' | 'final' = 'part') =>
        store.putPart(upload, { number, kind, size: bytes.length, note: () => `note ${number}` }, body(bytes))

      it('join their parts in order', async () => {
        const upload = await start('joined')
        const [one, two, three] = [randomBytes(5 * MiB), randomBytes(6 * MiB), randomBytes(10)]
        const last = await part(upload, 7, three, 'final')
        const second = await part(upload, 5, two)
        const first = await part(upload, 2, one)
        expect(await keys('joined')).toEqual([])
        const { etag } = await store.completeUpload(
          upload,
          [
            { number: 2, etag: first },
            { number: 5, etag: second },
            { number: 7, etag: last },
          ],
          {},
        )
        expect((await get('joined')).equals(Buffer.concat([one, two, three]))).toBe(true)
        const info = await store.head({ bucket, key: 'joined' })
        expect(info).toMatchObject({
          etag,
          size: 11 * MiB + 10,
          headers: { 'content-type': 'up/load' },
          metadata: { m: '1' },
        })
        await expect(store.listParts(upload)).rejects.toEqual(code('NoSuchUpload'))
      })

      it('give staged parts back', async () => {
        const upload = await start('staged')
        const bytes = randomBytes(100_000)
        const etag = await part(upload, 1, bytes, 'staged')
        expect((await bytesOf(await store.openStaged(upload, { number: 1, etag }))).equals(bytes)).toBe(true)
        const final = await part(upload, 1, bytes.subarray(10), 'final')
        expect((await bytesOf(await store.openStaged(upload, { number: 1, etag }))).equals(bytes)).toBe(true)
        const parts = await store.listParts(upload)
        expect(parts).toMatchObject([{ number: 1, etag, size: 100_000, note: 'note 1' }])
        await store.completeUpload(upload, [{ number: 1, etag: final }], {})
        expect((await get('staged')).equals(bytes.subarray(10))).toBe(true)
        await expect(store.openStaged(upload, { number: 1, etag })).rejects.toMatchObject({
          code: expect.stringMatching(/NoSuchUpload|InvalidPart/),
        })
        expect(await keys('')).not.toContain('.hufu/')
      })

      it('replace a part that is sent again', async () => {
        const upload = await start('again')
        const before = await part(upload, 1, randomBytes(5 * MiB))
        const bytes = randomBytes(5 * MiB)
        const after = await part(upload, 1, bytes)
        expect(before).not.toBe(after)
        expect((await store.listParts(upload)).map(({ etag }) => etag)).toEqual([after])
        const outdated = store.completeUpload(upload, [{ number: 1, etag: before }], {})
        await expect(outdated).rejects.toEqual(code('InvalidPart'))
        await store.completeUpload(upload, [{ number: 1, etag: after }], {})
        expect((await get('again')).equals(bytes)).toBe(true)
      })

      it('are listed by key until they end', async () => {
        const [b, a] = [await start('list-b'), await start('list-a')]
        const listed = (await store.listUploads(bucket)).filter(({ key }) => key.startsWith('list-'))
        expect(listed.map(({ key, uploadId }) => ({ key, uploadId }))).toEqual([
          { key: 'list-a', uploadId: a.uploadId },
          { key: 'list-b', uploadId: b.uploadId },
        ])
        await store.abortUpload(a)
        await store.abortUpload(b)
        expect((await store.listUploads(bucket)).filter(({ key }) => key.startsWith('list-'))).toEqual([])
      })

      it('that are aborted or unknown are NoSuchUpload', async () => {
        const upload = await start('aborted')
        await part(upload, 1, randomBytes(10), 'staged')
        await store.abortUpload(upload)
        await expect(part(upload, 1, randomBytes(10))).rejects.toEqual(code('NoSuchUpload'))
        await expect(part(upload, 1, randomBytes(10), 'staged')).rejects.toEqual(code('NoSuchUpload'))
        await expect(store.completeUpload(upload, [{ number: 1, etag: 'x' }], {})).rejects.toEqual(code('NoSuchUpload'))
        await expect(store.listParts(upload)).rejects.toEqual(code('NoSuchUpload'))
        expect(await keys('aborted')).toEqual([])
      })

      it('leave nothing of a part whose body fails', async () => {
        const upload = await start('half-part')
        const failing = async function* (): Body {
          yield Buffer.alloc(MiB)
          throw new RangeError('cut')
        }
        const writing = store.putPart(upload, { number: 1, kind: 'part', size: 6 * MiB, note: () => '' }, failing())
        await expect(writing).rejects.toThrow('cut')
        expect(await store.listParts(upload)).toEqual([])
        await store.abortUpload(upload)
      })
    })
  })
}
